insert into public.t values (1, 7, '2024-01-01 00:00:00');
