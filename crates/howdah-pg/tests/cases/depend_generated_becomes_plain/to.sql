-- What follows from another column cannot be read as the boolean that it was before.
create table public.t (
  id int primary key,
  flag numeric generated always as (id * 2) stored,
  twice numeric generated always as (id * 2) stored,
  name text
);
