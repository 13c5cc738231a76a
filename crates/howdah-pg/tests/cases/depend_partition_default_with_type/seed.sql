insert into public.t values (1, 1, true), (2, 2, false);
