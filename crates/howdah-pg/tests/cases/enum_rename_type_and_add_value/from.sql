-- renamed-from: colour
create type public.color as enum ('red', 'green');
create table public.cars (id int primary key, color public.color);
