create table public.t (
  id int not null,
  -- renamed-from: pk_t
  constraint t_pkey primary key (id)
);
create table public.c (t_id int constraint fk_c references public.t (id));
