-- renamed-from: contact
create table public.person (
  id int generated always as identity primary key,
  email text unique,
  age int check (age > 0)
);
