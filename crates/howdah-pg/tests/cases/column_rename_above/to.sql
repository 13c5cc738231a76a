-- The directive stands on the line above.

create table public.t (
  -- renamed-from: id
  number int primary key,
  -- renamed-from: name
  "Full Name" text
);
