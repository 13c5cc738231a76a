create table public.t (id int primary key, a text not null, b int, c text not null);
