create type public.a as range (subtype = int4);
create type public.b as range (subtype = int4);
comment on type public.b is 'New';
revoke usage on type public.b from public;
grant usage on type public.b to howdah_case_app;
alter type public.b owner to howdah_case_alice;
