create table public.p (id int primary key);
create table public.c (
  id int primary key,
  p_id int,
  -- renamed-from: fk_new
  constraint fk_old foreign key (p_id) references public.p (id)
);
