create table public.t (id int primary key, a int, b int, c int);
create statistics public.s (ndistinct, mcv) on a, b, c from public.t;
create statistics public.target on a, c from public.t;
alter statistics public.target set statistics 100;
comment on statistics public.s is 'Kept';
