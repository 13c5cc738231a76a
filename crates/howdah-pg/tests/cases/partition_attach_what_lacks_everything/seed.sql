insert into public.r values (1);
insert into public.t_2023 values (1, '2023-05-05', 1), (2, '2023-06-06', null);
