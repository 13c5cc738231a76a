create table public.t (
  id int primary key,
  c circle,
  -- renamed-from: apart
  constraint ex exclude using gist (c with &&)
);
