insert into public.t_2023 (id, at) values (1, '2023-05-05');
