insert into public.gauge values (1, 5);
