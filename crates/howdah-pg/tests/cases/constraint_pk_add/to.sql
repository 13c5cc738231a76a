create table public.t (id int not null, a text, constraint t_pkey primary key (id));
comment on constraint t_pkey on public.t is 'The key.';
