create table public.t (id int primary key, a text, b int default 5, c timestamptz default now() not null, d uuid default gen_random_uuid() not null);
