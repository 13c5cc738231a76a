insert into public.t (id, a) values (1, 'x'), (2, null);
