create table public.t (id text primary key, parent text constraint fk_parent references public.t (id));
