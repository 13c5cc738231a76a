create table public.t (id int primary key, a int);
create view public.v as
select
  id,
  a as x
from public.t;
create view public.w as select x + 1 as z from public.v;
comment on column public.v.x is 'Kept';
grant select (x) on public.v to howdah_case_app;
