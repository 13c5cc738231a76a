create table public.a (id int);
grant select, truncate, references, trigger on public.a to howdah_case_app;
grant select on public.a to howdah_case_bob;
