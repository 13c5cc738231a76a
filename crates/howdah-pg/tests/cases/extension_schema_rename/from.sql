-- renamed-from: extensions
create schema ext;
create extension pgcrypto schema ext;
create table public.tokens (id uuid primary key default ext.gen_random_uuid());
