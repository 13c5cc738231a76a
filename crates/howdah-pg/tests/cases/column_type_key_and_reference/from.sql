create table public.parent (id int primary key, name text);
create table public.child (id int primary key, parent_id int constraint fk_child references public.parent (id) on delete cascade);
create index idx_child_parent on public.child (parent_id);
comment on constraint fk_child on public.child is 'Goes with its parent.';
