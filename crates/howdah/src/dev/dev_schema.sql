-- Makes the table that remembers which schema files a development database is in line with.
-- Parameters: none. Columns: none. PostgreSQL 14 or newer.
create schema if not exists howdah;
create table if not exists howdah.dev_schema (
  only_row   boolean     primary key default true check (only_row),
  sha256     text        not null,
  applied_at timestamptz not null default now()
);
comment on table howdah.dev_schema is 'The state of schema/ that `howdah dev` last applied here, as a hash. One row.';
