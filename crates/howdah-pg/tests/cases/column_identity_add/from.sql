create table public.t (id int not null constraint t_pkey primary key, a text);
