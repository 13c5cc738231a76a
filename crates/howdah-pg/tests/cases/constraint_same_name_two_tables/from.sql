create table public.a (n int, constraint chk check (n > 0));
create table public.b (n int, constraint chk check (n > 0));
