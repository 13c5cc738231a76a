-- A logged table may not point at an unlogged one, so the two change in an order that differs by direction.

create unlogged table public.parent (id int primary key);
create unlogged table public.child (id int primary key, parent_id int references public.parent (id));
