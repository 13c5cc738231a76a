create table public.t (
  id int primary key,
  a text,
  constraint new_name unique (a) -- renamed-from: old_name
);
comment on constraint new_name on public.t is 'Once.';
