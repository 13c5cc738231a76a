create table public.stays (id int primary key);
