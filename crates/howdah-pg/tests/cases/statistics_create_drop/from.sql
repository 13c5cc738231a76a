create table public.t (id int primary key, a int, b int);
create statistics public.gone on a, b from public.t;
