create table public.t (id int primary key, a int, b int, constraint chk_a check (a > 0) not enforced, constraint chk_b check (b > 0), constraint chk_same check (a < 100) not enforced);
comment on constraint chk_a on public.t is 'Not yet';
