insert into public.moves values (1, '2023-02-03', 'in'), (2, '2024-02-03', 'out');
