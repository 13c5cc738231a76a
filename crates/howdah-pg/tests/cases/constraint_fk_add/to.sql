create table public.p (id int primary key);
create table public.c (id int primary key, p_id int references public.p (id));
comment on constraint c_p_id_fkey on public.c is 'To the parent.';
