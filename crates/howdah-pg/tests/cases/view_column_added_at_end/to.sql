create table public.t (id int primary key, name text);
create view public.v as select id, name from public.t;
create view public.w as select * from public.v;
grant select on public.v to howdah_case_app;
comment on view public.v is 'Kept';
comment on column public.v.id is 'Kept too';
