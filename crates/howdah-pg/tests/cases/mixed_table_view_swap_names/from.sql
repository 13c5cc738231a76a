-- renamed-from: users_raw
create table public.users (id int not null, name text, gone boolean default false not null,
  -- renamed-from: users_raw_pkey
  constraint users_pkey primary key (id));
grant select on public.users to howdah_case_app;
