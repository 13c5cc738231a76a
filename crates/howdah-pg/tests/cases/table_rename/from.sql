-- renamed-from: contact
create table public.person (
  id int not null,
  name text,
  -- renamed-from: contact_pkey
  constraint person_pkey primary key (id)
);
