insert into public.t values (1, B'10101010', 12.50, '10.0.0.0/8', 'n');
