-- The partitions keep their names; their tie to the parent goes along.

-- renamed-from: readings
create table public.measures (
  id int not null,
  at date not null,
  -- renamed-from: readings_pkey
  constraint measures_pkey primary key (id, at)
) partition by range (at);
create table public.r_2023 partition of public.measures for values from ('2023-01-01') to ('2024-01-01');
