create extension btree_gist;
create table public.t (id int not null, at int4range not null, constraint no_overlap exclude using gist (id with =, at with &&)) partition by range (id);
create table public.t_1 partition of public.t for values from (0) to (10);
create table public.u (id int not null, at int4range not null) partition by range (id);
create table public.u_1 partition of public.u for values from (0) to (10);
