insert into public.p values (1, '2024-05-05', 2);
