create table public.t (id int primary key, a int, b text);
create view public.v as select id, a, b from public.t;
comment on view public.v is 'A view';
comment on column public.v.a is 'A column';
grant select, insert on public.v to howdah_case_app with grant option;
grant select (a), update (b) on public.v to howdah_case_bob;
grant select on public.v to public;
alter view public.v owner to howdah_case_alice;
