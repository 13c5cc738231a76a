insert into public.t (id, j) values (1, '{"k": 1}');
