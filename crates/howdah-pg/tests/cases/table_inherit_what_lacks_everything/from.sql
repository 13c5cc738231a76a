create table public.t (id int not null, n int, constraint chk_id check (id > 0));
create table public.c (id int, n int);
