insert into public.t values (1, '[08:00,09:00)'), (2, '[10:00,11:00)');
