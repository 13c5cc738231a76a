insert into public.t values (1, 3), (2, 7);
