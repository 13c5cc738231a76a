create table public.t (id int primary key, ok text default 'false' not null);
