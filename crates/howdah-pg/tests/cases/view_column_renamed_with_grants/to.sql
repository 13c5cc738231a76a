create table public.t (id int primary key, a int);
create view public.v as
select
  id,
  a as y
from public.t;
create view public.w as select y + 1 as z from public.v;
comment on column public.v.y is 'Kept';
grant select (y) on public.v to howdah_case_app;
