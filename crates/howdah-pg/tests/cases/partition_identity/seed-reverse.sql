insert into public.t values (3, '2024-02-01'); insert into public.plain values (7, '2024-02-01');
