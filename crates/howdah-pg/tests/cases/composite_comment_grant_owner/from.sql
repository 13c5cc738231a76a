create type public.a as (x int, y int);
create type public.b as (x int);
comment on type public.a is 'Before';
comment on column public.a.x is 'Across';
grant usage on type public.a to howdah_case_app;
