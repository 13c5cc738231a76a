create type public.kind as enum ('a', 'b', 'c');
create table public.kinds (kind public.kind primary key, label text not null);
create table public.t (id int primary key, kind public.kind default 'a' not null references public.kinds (kind));
