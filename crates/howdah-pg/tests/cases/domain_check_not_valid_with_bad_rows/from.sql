create domain public.zip as text;
create table public.t (id int primary key, zip public.zip);
