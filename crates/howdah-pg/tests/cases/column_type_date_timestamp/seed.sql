insert into public.t values (1, '2024-05-01', '12:00:00', '1 day 02:00:00');
