create table public.hot (id int primary key)
  with (fillfactor = 90, autovacuum_enabled = false, parallel_workers = 2);
