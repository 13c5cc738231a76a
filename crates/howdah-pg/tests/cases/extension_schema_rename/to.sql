-- renamed-from: ext
create schema extensions;
create extension pgcrypto schema extensions;
create table public.tokens (id uuid primary key default extensions.gen_random_uuid());
