create extension btree_gist;
create table public.rooms (id int not null, during tstzrange not null, name text);
create table public.prices (item int not null, valid daterange not null, price numeric, constraint prices_pkey primary key (item, valid without overlaps), constraint uq_price unique (price, valid without overlaps));
comment on constraint prices_pkey on public.prices is 'One price at a time';
create table public.same (id int, during daterange, constraint uq_same unique (id, during without overlaps));
