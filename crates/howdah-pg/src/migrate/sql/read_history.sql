-- The migration history in order.
-- Parameters: none.
-- Columns: version, name, up_sha256, down_sha256, applied_at (RFC 3339 in UTC), duration_ms, applied_by, howdah_version.
-- Needs PostgreSQL 14.
select
  version,
  name,
  up_sha256,
  down_sha256,
  to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as applied_at,
  duration_ms,
  applied_by,
  howdah_version
from howdah.migrations
order by version
