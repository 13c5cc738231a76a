create table public.t (id int not null, a text);
