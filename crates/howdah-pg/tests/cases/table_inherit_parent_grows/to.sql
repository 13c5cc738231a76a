-- What the parent gains, the children gain without being told.

create table public.base (id bigint not null, label text default 'none' not null, constraint chk_id check (id > 0));
create table public.one (a int) inherits (public.base);
create table public.two (b int) inherits (public.one);
