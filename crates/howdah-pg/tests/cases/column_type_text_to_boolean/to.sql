create table public.t (id int primary key, ok boolean default false not null);
