insert into public.readings values (1, '2023-05-05');
