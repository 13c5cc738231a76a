create table public.node (id int primary key, parent int, name text);
create recursive view public.tree (id, path) as
  select id, name::text from public.node where parent is null
  union all
  select n.id, t.path || '/' || n.name from public.node n join tree t on t.id = n.parent;
