insert into public.t (id, at) values (1, '2023-05-05'), (2, '2024-05-05');
