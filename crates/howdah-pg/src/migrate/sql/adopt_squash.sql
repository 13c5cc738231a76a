-- Makes one row of those of the migrations that a squashed one replaces.
-- Parameters: $1 version, $2 name, $3 and $4 the checksums of its up and down file, $5 Howdah's version.
-- Columns: none.
-- Needs PostgreSQL 14.
with replaced as (
  delete from howdah.migrations
  where version <= $1
  returning applied_at, duration_ms, applied_by, is_baseline
)
insert into howdah.migrations (
  version, name, up_sha256, down_sha256, applied_at, duration_ms, applied_by, howdah_version, is_baseline
)
select $1, $2, $3, $4, max(applied_at), sum(duration_ms)::bigint,
  (array_agg(applied_by order by applied_at desc))[1], $5, bool_and(is_baseline)
from replaced
