-- Forward the values stay; backward they are computed again.

create table public.t (id int primary key, a int not null, g int);
create index idx_t_g on public.t (g);
