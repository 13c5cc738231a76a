insert into public.t values (1, '2023-05-05');
