create table public.t (id int primary key, a int, b int);
create statistics public.s on a, b from public.t;
create statistics public.e on (a * 2), b from public.t;
alter statistics public.s set statistics 50;
alter statistics public.s owner to howdah_case_alice;
