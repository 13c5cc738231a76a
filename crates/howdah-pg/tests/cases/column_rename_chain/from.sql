create table public.t (
  id int primary key,
  first text, -- renamed-from: second
  second text -- renamed-from: third
);
