insert into public.t values (1, 2, 'x'), (2, null, null);
