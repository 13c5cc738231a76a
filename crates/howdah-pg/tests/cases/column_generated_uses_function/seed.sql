insert into public.t values (1, 'One'), (2, 'Two');
