insert into public.p values (1, '2024-05-05');
insert into public.p2 values (2, '2025-05-05', 'a');
