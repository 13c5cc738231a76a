create extension pgcrypto;
create table public.a (id int, token bytea default gen_random_bytes(8));
grant select on public.a to howdah_case_app;
