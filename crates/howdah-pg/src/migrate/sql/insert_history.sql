-- Notes that a migration was run, in the migration's own transaction.
-- Parameters: $1 version, $2 name, $3 and $4 the checksums of its up and down file, $5 milliseconds, $6 Howdah's version,
--   $7 whether it was not run but taken as done.
-- Columns: none.
-- Needs PostgreSQL 14.
insert into howdah.migrations (version, name, up_sha256, down_sha256, duration_ms, howdah_version, is_baseline)
values ($1, $2, $3, $4, $5, $6, $7)
