create extension btree_gist;
create table public.rooms (id int not null, during tstzrange not null, name text, constraint rooms_pkey primary key (id, during without overlaps));
create table public.prices (item int not null, valid daterange not null, price numeric);
create table public.same (id int, during daterange, constraint uq_same unique (id, during without overlaps));
