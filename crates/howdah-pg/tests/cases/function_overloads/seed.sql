insert into public.t values (8, 9);
