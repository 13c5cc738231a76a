insert into public.hot values (1, '2023-05-05');
