insert into public.t values (1, 'x', 1), (2, 'x', 2), (3, null, null);
