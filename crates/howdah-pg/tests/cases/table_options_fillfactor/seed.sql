insert into public.hot select g, g * 2 from generate_series(1, 50) g;
