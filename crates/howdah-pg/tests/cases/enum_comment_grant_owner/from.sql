create type public.a as enum ('x', 'y');
create type public.b as enum ('x');
create type public.c as enum ('x');
comment on type public.a is 'Before';
grant usage on type public.b to howdah_case_app with grant option;
revoke usage on type public.b from public;
