-- Another table holds whole rows of this one.

create table public.address (street text, number int, city text);
comment on table public.address is 'Where.';
create table public.person (id int primary key, home public.address, work public.address);
