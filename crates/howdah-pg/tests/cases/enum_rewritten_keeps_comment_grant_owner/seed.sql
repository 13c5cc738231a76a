insert into public.t values (1, 'b'), (2, 'a');
