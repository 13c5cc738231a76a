-- Where a column stands is no difference; that it is there is.

create table public.t (id int, m text default 'mid' not null, z text);
