-- renamed-from: parent_after
create table public.parent_before (id int primary key);
create table public.c (id int primary key, p_id int constraint fk references public.parent_before (id));
