insert into public.p values (1, '2025-05-05', 'x', 4, 5);
