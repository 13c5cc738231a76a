create table public.t (id int not null, at date not null, a text, constraint t_pkey primary key (id, at), constraint uq_t unique (a, at)) partition by range (at);
create index idx_t_a on public.t (a);
create table public.t_2023 (id int not null, at date not null, a text, constraint t_2023_pkey primary key (id, at), constraint t_2023_a_at_key unique (a, at));
create index t_2023_a_idx on public.t_2023 (a);
