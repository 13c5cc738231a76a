insert into public.t (id, a, b) values (1, 'x', 2);
