insert into public.t values (1, 'a10'), (2, 'a9');
