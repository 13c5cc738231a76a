insert into public.t values (1, '2024-02-29', '2024-02-29 12:00:00', '01:30:00');
