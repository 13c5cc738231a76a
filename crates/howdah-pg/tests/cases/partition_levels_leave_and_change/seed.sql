insert into public.m values (1, 2024, 'a', 1), (2, 2024, 'b', 2), (3, 2025, 'a', 3);
