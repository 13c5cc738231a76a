create table public.t (id int primary key, code text default 'none' not null);
