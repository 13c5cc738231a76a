create table public.t (
  -- renamed-from: number
  id int primary key,
  -- A remark that is not a directive.
  -- renamed-from: "Full Name"
  name text
);
