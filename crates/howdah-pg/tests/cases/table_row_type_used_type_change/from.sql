create table public.address (street text, number int);
create table public.person (id int primary key, home public.address);
