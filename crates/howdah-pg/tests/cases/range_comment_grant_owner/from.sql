create type public.a as range (subtype = int4);
create type public.b as range (subtype = int4);
comment on type public.a is 'Before';
grant usage on type public.a to howdah_case_app;
