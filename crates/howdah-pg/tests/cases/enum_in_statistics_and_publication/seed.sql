insert into public.t values (1, 'b', 1), (2, 'a', 1);
