create table public.t (
  id int primary key,
  second text, -- renamed-from: first
  third text -- renamed-from: second
);
