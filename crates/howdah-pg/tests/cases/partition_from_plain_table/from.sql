create table public.t (id int not null, at date not null, a text, constraint t_pkey primary key (id));
create index idx_a on public.t (a);
grant select on public.t to howdah_case_app;
comment on table public.t is 'The same table.';
create view public.v as select id from public.t;
