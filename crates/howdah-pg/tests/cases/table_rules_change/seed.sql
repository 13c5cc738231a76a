insert into public.inbox values (1, 'a');
