insert into public.t values (1, '2023-05-05');
insert into public.c values (1, 1, '2023-05-05');
