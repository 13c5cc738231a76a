create table public.booking (id int primary key, during tsrange not null);
