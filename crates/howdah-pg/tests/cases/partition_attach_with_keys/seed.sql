insert into public.t_2023 values (1, '2023-05-05', 'x');
