-- The migration history.
-- Parameters: none; several statements, so for the simple protocol.
-- Columns: none.
-- Needs PostgreSQL 14. CREATE on the database, unless there is a schema `howdah` already.
do $create$
begin
  -- IF NOT EXISTS would ask for the right to create schemas even where there is one.
  if to_regnamespace('howdah') is null then
    create schema howdah;
    comment on schema howdah is 'What Howdah remembers: the migration history and its own work.';
  end if;
end
$create$;

create table if not exists howdah.migrations (
  version bigint not null,
  name text not null,
  up_sha256 text not null,
  down_sha256 text not null,
  applied_at timestamptz not null default now(),
  duration_ms bigint not null,
  applied_by text not null default session_user,
  howdah_version text not null,
  constraint migrations_pkey primary key (version),
  constraint chk_migrations_version check (version > 0),
  constraint chk_migrations_name check (char_length(name) between 1 and 255),
  constraint chk_migrations_up_sha256 check (up_sha256 ~ '^[0-9a-f]{64}$'),
  constraint chk_migrations_down_sha256 check (down_sha256 ~ '^[0-9a-f]{64}$'),
  constraint chk_migrations_duration_ms check (duration_ms >= 0)
);

comment on table howdah.migrations is 'The migrations that this database has run, one row each; a row is taken out when its migration is undone.';
comment on column howdah.migrations.version is 'The number at the beginning of its file name.';
comment on column howdah.migrations.name is 'The rest of its file name.';
comment on column howdah.migrations.up_sha256 is 'SHA-256 of the up file as it was run, with LF line ends.';
comment on column howdah.migrations.down_sha256 is 'SHA-256 of the down file as it was then, with LF line ends.';
comment on column howdah.migrations.applied_at is 'When its transaction began.';
comment on column howdah.migrations.duration_ms is 'How long its SQL took, in milliseconds.';
comment on column howdah.migrations.applied_by is 'The role that was logged in.';
comment on column howdah.migrations.howdah_version is 'The version of Howdah that ran it.';
