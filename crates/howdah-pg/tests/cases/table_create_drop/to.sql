create table public.notes (
  id bigint generated always as identity primary key,
  title text not null,
  body text default '' not null,
  created_at timestamptz default now() not null
);
