insert into public.t values (1, 'us', '2023-05-05', 'n');
