insert into public.log values (1, 'a', 1), (2, 'b', 1);
