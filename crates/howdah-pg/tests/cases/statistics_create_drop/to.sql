create table public.t (id int primary key, a int, b int);
create statistics public.s (ndistinct, dependencies) on a, b from public.t;
create statistics public.e on (a + b), (a % 10) from public.t;
create statistics public.one on lower(b::text), a from public.t;
comment on statistics public.s is 'New';
