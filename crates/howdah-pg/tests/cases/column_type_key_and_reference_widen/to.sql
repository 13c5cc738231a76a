create table public.parent (id bigint generated always as identity primary key);
create table public.child (id bigint primary key, parent_id bigint not null references public.parent (id));
create table public.grandchild (id bigint references public.child (id));
