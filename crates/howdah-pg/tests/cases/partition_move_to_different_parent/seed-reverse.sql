insert into public.b values (1, '2025-05-05', 'x', 3);
