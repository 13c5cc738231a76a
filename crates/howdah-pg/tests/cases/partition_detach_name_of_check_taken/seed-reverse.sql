insert into public.t (id, at) values (2, '2024-05-05');
insert into public.t_2023 (id, at) values (1, '2023-05-05');
