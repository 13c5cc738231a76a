-- Only the table is declared renamed. Names that PostgreSQL made up (key, check, sequence) follow the new table.

-- renamed-from: person
create table public.contact (
  id int generated always as identity primary key,
  email text unique,
  age int check (age > 0)
);
