create table public.a (id int);
grant select on public.a to howdah_case_alice with grant option;
