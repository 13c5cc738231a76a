create table public.nodes (id int primary key, parent int references public.nodes, name text);
create recursive view public.tree (id, depth) as
  select id, 0 from public.nodes where parent is null
  union all
  select n.id, t.depth + 1 from public.nodes n join tree t on n.parent = t.id;
