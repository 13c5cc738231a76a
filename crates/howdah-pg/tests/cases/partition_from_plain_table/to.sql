-- A plain table cannot become a partitioned one in place; nothing is seeded, for the table is made anew.

create table public.t (id int not null, at date not null, a text, constraint t_pkey primary key (id, at)) partition by range (at);
create table public.t_2023 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
create index idx_a on public.t (a);
grant select on public.t to howdah_case_app;
comment on table public.t is 'The same table.';
create view public.v as select id from public.t;
