create table public.parent (id int generated always as identity primary key);
create table public.child (id int primary key, parent_id int not null references public.parent (id));
create table public.grandchild (id int references public.child (id));
