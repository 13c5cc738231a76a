insert into public.t (id, n) values (1, 2), (2, 3);
