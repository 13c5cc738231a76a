create domain public.code as varchar(20);
create domain public.price as numeric(12, 2);
create table public.items (id int primary key, code public.code unique, price public.price);
