insert into public.t values (1, null), (2, 1), (3, 3);
