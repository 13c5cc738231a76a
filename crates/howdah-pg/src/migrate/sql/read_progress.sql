-- The migrations that are under way.
-- Parameters: none.
-- Columns: those of the table; begun_at and updated_at as RFC 3339 in UTC.
-- Needs PostgreSQL 14.
select
  version,
  direction,
  name,
  sha256,
  sql,
  sections_done,
  statements_done,
  is_attempting,
  cursor_key,
  rows_walked,
  rows_changed,
  duration_ms,
  last_error,
  to_char(begun_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as begun_at,
  to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as updated_at
from howdah.migration_progress
order by version
