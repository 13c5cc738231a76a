-- The table brings its own key and index, which are attached to those of the parent.

create table public.t (id int not null, at date not null, a text, constraint t_pkey primary key (id, at), constraint uq_t unique (a, at)) partition by range (at);
create index idx_t_a on public.t (a);
create table public.t_2023 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
