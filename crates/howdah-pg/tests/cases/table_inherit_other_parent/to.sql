create table public.a (id int not null, from_a text);
create table public.b (id bigint not null, from_b text, constraint chk_b check (id > 0));
create table public.kid (id bigint not null, from_b text, own int, constraint chk_b check (id > 0)) inherits (public.b);
