create table public.t (
  id int,
  a text[] default array['x', 'it''s'],
  b jsonb default '{"k": [1, null]}',
  c timestamptz default (now() + '1 day'::interval),
  d interval default '1 mon -3 days',
  e text default e'tab\tnew\nline \\ back',
  f numeric default -1.50,
  g date default current_date,
  h bytea default '\xdeadbeef'
);
