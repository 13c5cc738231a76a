create table public.t (
  id int primary key,
  c circle,
  -- renamed-from: ex
  constraint apart exclude using gist (c with &&)
);
