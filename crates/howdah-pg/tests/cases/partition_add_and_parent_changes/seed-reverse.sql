insert into public.p values (1, '2024-05-05', null), (2, '2025-05-05', null);
