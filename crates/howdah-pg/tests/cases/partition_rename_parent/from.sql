-- renamed-from: measures
create table public.readings (
  id int not null,
  at date not null,
  -- renamed-from: measures_pkey
  constraint readings_pkey primary key (id, at)
) partition by range (at);
create table public.r_2023 partition of public.readings for values from ('2023-01-01') to ('2024-01-01');
