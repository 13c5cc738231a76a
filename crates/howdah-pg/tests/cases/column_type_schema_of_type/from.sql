create schema a;
create schema b;
create type a.kind as enum ('x', 'y');
create type b.kind as enum ('x', 'y');

create table public.t (id int primary key, k a.kind default 'x'::a.kind);
