create table public.t (id int primary key, n int);
create materialized view public.a as select id, n from public.t;
create materialized view public.b as select id, n from public.t;
comment on materialized view public.a is 'After';
comment on column public.b.n is 'New';
grant select (n) on public.a to howdah_case_app;
alter materialized view public.b owner to howdah_case_bob;
