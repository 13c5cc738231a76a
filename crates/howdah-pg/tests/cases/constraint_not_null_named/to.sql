create table public.t (id int constraint here not null, a int constraint must not null, b int constraint renamed not null, c int constraint added not null, d int, constraint t_pkey primary key (id));
comment on constraint must on public.t is 'After';
comment on constraint added on public.t is 'New';
create table public.new (id int constraint new_id not null, a int not null);
comment on constraint new_id on public.new is 'Of a new table';
