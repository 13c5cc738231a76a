-- The index is another, with the constraint: its settings are said after that is there.
create table public.t (id bigint not null, a int, b bigint, constraint t_pkey primary key (id, a), constraint uq_a unique (a) deferrable, constraint ex_b exclude using btree (b with =) where (b > 1) deferrable);
create index idx_id on public.t (id);
comment on index public.uq_a is 'After';
