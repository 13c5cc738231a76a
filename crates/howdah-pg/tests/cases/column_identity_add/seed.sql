insert into public.t values (1, 'x'), (7, 'y');
