create type public.color as enum ('red', 'green', 'blue');
create domain public.paint as public.color check (value <> 'green') default 'red';
create type public.stroke as (color public.color, width int);
create table public.shapes (id int primary key, paint public.paint, stroke public.stroke, palette public.color[] default '{red,blue}'::public.color[]);
