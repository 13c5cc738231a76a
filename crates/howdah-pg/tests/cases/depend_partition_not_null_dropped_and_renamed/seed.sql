insert into public.t values (1, 1, 5), (2, 2, 6);
