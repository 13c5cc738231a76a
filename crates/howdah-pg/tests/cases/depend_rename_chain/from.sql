-- renamed-from: c
create table public.b (
  id int primary key,
  x int, -- renamed-from: y
  y int -- renamed-from: z
);
-- renamed-from: b
create table public.a (id int primary key, b_id int references public.b);
create view public.v as select a.id, b.x, b.y from public.a join public.b on b.id = a.b_id;
