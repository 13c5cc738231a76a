create table public.t (
  id int not null,
  -- renamed-from: t_pkey
  constraint pk_t primary key (id)
);
create table public.c (t_id int constraint fk_c references public.t (id));
