create table public.t (id int primary key, parent int constraint fk_parent references public.t (id) on delete set null);
