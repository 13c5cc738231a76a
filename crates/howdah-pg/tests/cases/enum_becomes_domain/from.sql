create type public.code as enum ('a', 'b');
create table public.t (id int primary key, code public.code);
