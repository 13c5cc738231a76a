insert into public.t values (1, 'abc', 'b', 'c');
