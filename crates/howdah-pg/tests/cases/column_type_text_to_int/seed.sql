insert into public.t values (1, '42'), (2, '-7'), (3, null);
