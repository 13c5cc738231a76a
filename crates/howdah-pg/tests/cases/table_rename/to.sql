-- renamed-from: person
create table public.contact (
  id int not null,
  name text,
  -- renamed-from: person_pkey
  constraint contact_pkey primary key (id)
);
