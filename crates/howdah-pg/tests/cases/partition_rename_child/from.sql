create table public.t (id int not null, at date not null, a text, constraint t_pkey primary key (id, at)) partition by range (at);
create index idx_a on public.t (a);
-- renamed-from: t_y2023
create table public.t_2023 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
