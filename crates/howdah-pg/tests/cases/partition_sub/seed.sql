insert into public.t values (1, 'eu', '2023-01-01');
