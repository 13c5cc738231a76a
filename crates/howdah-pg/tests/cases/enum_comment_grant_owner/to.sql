create type public.a as enum ('x', 'y');
create type public.b as enum ('x');
create type public.c as enum ('x');
comment on type public.a is 'After';
comment on type public.b is 'New';
grant usage on type public.b to howdah_case_app;
grant usage on type public.c to howdah_case_bob;
alter type public.c owner to howdah_case_alice;
