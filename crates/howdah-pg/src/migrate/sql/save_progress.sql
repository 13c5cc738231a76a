-- Notes how far a migration has come.
-- Parameters: $1 version, $2 direction, $3 name, $4 sha256, $5 sql, $6 sections_done, $7 statements_done,
--   $8 is_attempting, $9 cursor_key, $10 rows_walked, $11 rows_changed, $12 duration_ms, $13 last_error,
--   $14 howdah_version.
-- Columns: none.
-- Needs PostgreSQL 14.
insert into howdah.migration_progress as p (
  version, direction, name, sha256, sql, sections_done, statements_done, is_attempting, cursor_key, rows_walked,
  rows_changed, duration_ms, last_error, howdah_version
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (version) do update set
  direction = excluded.direction,
  name = excluded.name,
  sha256 = excluded.sha256,
  sql = excluded.sql,
  sections_done = excluded.sections_done,
  statements_done = excluded.statements_done,
  is_attempting = excluded.is_attempting,
  cursor_key = excluded.cursor_key,
  rows_walked = excluded.rows_walked,
  rows_changed = excluded.rows_changed,
  duration_ms = excluded.duration_ms,
  last_error = excluded.last_error,
  howdah_version = excluded.howdah_version,
  updated_at = clock_timestamp()
