insert into public.p2 values (1, '2025-05-05', '4', 5, 6);
