-- The order of the options is stored and printed; changing one moves it to the end.

create table public.hot (id int primary key)
  with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, parallel_workers = 2, autovacuum_enabled = true);
