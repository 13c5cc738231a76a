insert into public.t values (1, 12, 40);
