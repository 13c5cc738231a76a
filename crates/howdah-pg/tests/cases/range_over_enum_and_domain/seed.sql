insert into public.t values (1, '[low,high]'), (2, null);
