-- The children become tables of their own while parent and children get other columns.
create table public.base (id bigint not null, name varchar(30) not null default 'y', more int, constraint nm check (name <> 'z'));
create table public.kid (id int not null, name text not null default 'x', extra bigint);
create table public.grandkid (id int not null, name varchar(30) not null default 'k', more int, x int, constraint nm check (name <> 'q'));
create index on public.kid (extra desc);
