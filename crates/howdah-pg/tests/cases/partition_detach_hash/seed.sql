insert into public.t select i, 'x' from generate_series(1, 20) i;
