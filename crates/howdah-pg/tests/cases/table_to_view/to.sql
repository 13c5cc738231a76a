-- The name stays, the kind changes.

create table public.source (id int, n int);
create view public.summary as select s.id, s.n from public.source s;
grant select on public.summary to howdah_case_app;
