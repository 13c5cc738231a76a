-- renamed-from: b
create table public.c (
  id int primary key,
  y int, -- renamed-from: x
  z int -- renamed-from: y
);
-- renamed-from: a
create table public.b (id int primary key, b_id int references public.c);
create view public.v as select a.id, b.y as x, b.z as y from public.b a join public.c b on b.id = a.b_id;
