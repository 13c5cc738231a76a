create table public.t (id int primary key, a int);
create view public.v as select id, a from public.t;
create view public.w as select id, a from public.t;
comment on view public.v is 'After';
comment on column public.w.id is 'New';
grant select on public.v to howdah_case_app;
grant select (a) on public.w to howdah_case_app with grant option;
alter view public.w owner to howdah_case_bob;
