create table public.old_parent (id int, a text);
create table public.new_parent (id int, a text);
create table public.child (id int, a text, b text) inherits (public.old_parent);
