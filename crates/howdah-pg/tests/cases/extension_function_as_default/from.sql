create extension pgcrypto;
create table public.a (id int);
