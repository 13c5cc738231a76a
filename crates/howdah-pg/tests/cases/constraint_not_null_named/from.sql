create table public.t (id int constraint there not null, a int constraint must not null, b int not null, c int, d int constraint gone not null, constraint t_pkey primary key (id));
comment on constraint must on public.t is 'Before';
comment on constraint t_b_not_null on public.t is 'Kept';
