create table public.t (
  id int primary key,
  a text,
  constraint old_name unique (a) -- renamed-from: new_name
);
comment on constraint old_name on public.t is 'Once.';
