-- What is done of migrations that are not one transaction, and what older histories lack.
-- Parameters: none; several statements, so for the simple protocol.
-- Columns: none.
-- Needs PostgreSQL 14, and the history to be there.
alter table howdah.migrations add column if not exists is_baseline boolean not null default false;
comment on column howdah.migrations.is_baseline is 'It was not run here: the database already was in this state when it was put under Howdah.';

create table if not exists howdah.migration_progress (
  version bigint not null,
  direction text not null,
  name text not null,
  sha256 text not null,
  sql text not null,
  sections_done integer not null default 0,
  statements_done integer not null default 0,
  is_attempting boolean not null default false,
  cursor_key text[],
  rows_walked bigint not null default 0,
  rows_changed bigint not null default 0,
  duration_ms bigint not null default 0,
  last_error text,
  begun_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  begun_by text not null default session_user,
  howdah_version text not null,
  constraint migration_progress_pkey primary key (version),
  constraint chk_migration_progress_version check (version > 0),
  constraint chk_migration_progress_direction check (direction in ('up', 'down')),
  constraint chk_migration_progress_sha256 check (sha256 ~ '^[0-9a-f]{64}$'),
  constraint chk_migration_progress_counts check (
    sections_done >= 0 and statements_done >= 0 and rows_walked >= 0 and rows_changed >= 0 and duration_ms >= 0
  )
);

comment on table howdah.migration_progress is 'How far a migration of several sections has come, so that it can go on after an interruption; a row is taken out when its migration is finished.';
comment on column howdah.migration_progress.version is 'The number of the migration.';
comment on column howdah.migration_progress.direction is 'up or down: which of its files is being run.';
comment on column howdah.migration_progress.name is 'The name of the migration.';
comment on column howdah.migration_progress.sha256 is 'SHA-256 of that file as it was begun, with LF line ends.';
comment on column howdah.migration_progress.sql is 'That file as it was begun, to tell what of it is done should it be edited meanwhile.';
comment on column howdah.migration_progress.sections_done is 'How many of its sections are done.';
comment on column howdah.migration_progress.statements_done is 'How many statements of the section after those are done; always 0 in a section that is one transaction.';
comment on column howdah.migration_progress.is_attempting is 'The statement after those was begun, and cannot be run inside a transaction: if nobody runs it now, whether it is done has to be found out.';
comment on column howdah.migration_progress.cursor_key is 'In a backfill, the key of the last row that it came by, as text.';
comment on column howdah.migration_progress.rows_walked is 'In a backfill, how many rows it came by.';
comment on column howdah.migration_progress.rows_changed is 'In a backfill, how many of them it changed.';
comment on column howdah.migration_progress.duration_ms is 'How long all that took, in milliseconds.';
comment on column howdah.migration_progress.last_error is 'What stopped it last, if it did not just die.';
comment on column howdah.migration_progress.begun_at is 'When it was begun.';
comment on column howdah.migration_progress.updated_at is 'When it last came a step further.';
comment on column howdah.migration_progress.begun_by is 'The role that was logged in when it was begun.';
comment on column howdah.migration_progress.howdah_version is 'The version of Howdah that last came a step further.';
