-- The values are reordered and one goes, so the type is rewritten under a key, a foreign key and a default.

create type public.kind as enum ('c', 'a', 'd');
create table public.kinds (kind public.kind primary key, label text not null);
create table public.t (id int primary key, kind public.kind default 'c' not null references public.kinds (kind));
