-- The foreign key cannot stand while only one end has changed.

create table public.parent (id text primary key, name text);
create table public.child (id int primary key, parent_id text constraint fk_child references public.parent (id) on delete cascade);
create index idx_child_parent on public.child (parent_id);
comment on constraint fk_child on public.child is 'Goes with its parent.';
