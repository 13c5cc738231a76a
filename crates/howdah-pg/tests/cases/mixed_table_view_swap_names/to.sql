-- The table takes the view's name and a new view the table's, as when a table is hidden behind a view.

-- renamed-from: users
create table public.users_raw (id int not null, name text, gone boolean default false not null,
  -- renamed-from: users_pkey
  constraint users_raw_pkey primary key (id));
create view public.users as select id, name from public.users_raw where not gone;
grant select on public.users to howdah_case_app;
