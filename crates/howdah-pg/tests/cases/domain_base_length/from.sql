create domain public.code as varchar(5);
create domain public.price as numeric(8, 2);
create table public.items (id int primary key, code public.code unique, price public.price);
