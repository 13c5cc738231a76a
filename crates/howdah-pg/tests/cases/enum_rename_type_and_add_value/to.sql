-- renamed-from: color
create type public.colour as enum ('red', 'blue', 'green');
create table public.cars (id int primary key, color public.colour default 'blue');
