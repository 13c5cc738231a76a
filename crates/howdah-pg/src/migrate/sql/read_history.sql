-- The migration history in order.
-- Parameters: none.
-- Columns: version, name, up_sha256, down_sha256, applied_at (RFC 3339 in UTC), duration_ms, applied_by, howdah_version,
--   is_baseline (which an older history does not have).
-- Needs PostgreSQL 14.
select
  version,
  name,
  up_sha256,
  down_sha256,
  to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as applied_at,
  duration_ms,
  applied_by,
  howdah_version,
  coalesce((to_jsonb(m) ->> 'is_baseline')::boolean, false) as is_baseline
from howdah.migrations m
order by version
