insert into public.t (id, n) select i, i * 10 from generate_series(1, 20) i;
