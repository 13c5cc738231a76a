create table public.base (id int not null, label text);
create table public.derived (id int not null, label text, extra int);
