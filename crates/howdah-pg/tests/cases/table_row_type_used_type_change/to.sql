-- Another table holds whole rows of this one, so the column's type cannot change in place.

create table public.address (street text, number bigint);
create table public.person (id int primary key, home public.address);
