insert into public.t values (1, 'Ada', 'Lovelace'), (2, 'Grace', 'Hopper');
