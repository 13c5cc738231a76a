insert into public.t values (1, 5, 'x'), (2, null, 'y');
