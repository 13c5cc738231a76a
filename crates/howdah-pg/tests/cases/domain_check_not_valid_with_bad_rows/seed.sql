insert into public.t values (1, 'abc'), (2, '12345');
