create domain public.zip as text;
alter domain public.zip add constraint digits check (value ~ '^[0-9]+$') not valid;
create table public.t (id int primary key, zip public.zip);
