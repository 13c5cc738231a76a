create type public.a as (x int, y int);
create type public.b as (x int);
comment on type public.a is 'After';
comment on column public.a.y is 'Up';
comment on column public.b.x is 'New';
revoke all on type public.b from public;
grant usage on type public.b to howdah_case_app;
alter type public.b owner to howdah_case_alice;
