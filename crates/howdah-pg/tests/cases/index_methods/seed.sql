insert into public.t values (1, 'x', '{a}', '(1,2)', '2024-01-01');
