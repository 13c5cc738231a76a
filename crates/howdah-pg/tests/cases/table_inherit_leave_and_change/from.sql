create table public.base (id int not null, name text not null default 'x', constraint nm check (name <> ''));
create table public.kid (id int not null, name text not null default 'x', extra int, constraint nm check (name <> '')) inherits (public.base);
create table public.grandkid (id int not null, name text not null default 'x', extra int, x int, constraint nm check (name <> '')) inherits (public.base, public.kid);
create index on public.kid (extra);
