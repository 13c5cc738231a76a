insert into public.t values (1, 12.25, 3.125, 0.5);
