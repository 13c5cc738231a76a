insert into public.t values (1, 2, 3), (2, 3, 4);
