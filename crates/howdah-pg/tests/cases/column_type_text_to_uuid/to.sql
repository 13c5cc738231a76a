create table public.t (id uuid default gen_random_uuid() not null constraint t_pkey primary key, ref uuid);
