create table public.t (id int primary key, a int);
create view public.v as select id, a from public.t;
create view public.w as select id, a from public.t;
comment on view public.v is 'Before';
comment on column public.v.id is 'Before';
grant all on public.v to howdah_case_app;
