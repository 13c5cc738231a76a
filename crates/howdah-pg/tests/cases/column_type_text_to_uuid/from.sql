create table public.t (id text not null constraint t_pkey primary key, ref text);
