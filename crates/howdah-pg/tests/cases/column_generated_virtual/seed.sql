insert into public.t (id, a, b) values (1, 2, 3), (2, null, 4);
