create table public.nodes (id bigint primary key, parent bigint references public.nodes, name text);
create recursive view public.tree (id, depth, path) as
  select id, 0, array[name] from public.nodes where parent is null
  union all
  select n.id, t.depth + 1, t.path || n.name from public.nodes n join tree t on n.parent = t.id;
