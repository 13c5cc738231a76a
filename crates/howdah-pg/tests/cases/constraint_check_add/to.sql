create table public.t (id int primary key, n int check (n > 0), m int, constraint chk_nm check (n < m));
comment on constraint chk_nm on public.t is 'In order.';
