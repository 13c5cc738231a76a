create table public.t (id int not null, a int, b int, constraint t_pkey primary key (id) with (fillfactor = 70), constraint uq_a unique (a) with (fillfactor = 80), constraint ex_b exclude using btree (b with =) with (fillfactor = 60));
comment on index public.uq_a is 'Before';
