insert into public.t (id, state) values (1, 'a'), (2, 'b');
