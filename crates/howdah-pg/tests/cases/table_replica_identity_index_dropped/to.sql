create table public.log (id int primary key, code text not null);
