insert into public.t values (1, 1, '2024-01-02');
