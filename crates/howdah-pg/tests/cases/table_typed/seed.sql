insert into public.points values (1, 2, 3);
