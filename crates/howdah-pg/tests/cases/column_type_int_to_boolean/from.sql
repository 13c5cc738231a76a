create table public.t (id int primary key, ok int default 0 not null, constraint chk_ok check (ok = 0 or ok = 1));
