insert into public.t (id, n, other) values (1, 5, 6), (2, 7, null);
