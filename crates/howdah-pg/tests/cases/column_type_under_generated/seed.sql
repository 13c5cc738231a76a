insert into public.t values (1, 100), (2, 55);
