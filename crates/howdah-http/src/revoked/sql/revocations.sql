-- What has ended access tokens since a look before, and where the next look begins.
-- Parameters: $1 the xmin of the last look, as text; '0' for the first. Nothing below it can appear any more: it is the
-- oldest transaction that was running then.
-- Columns: xmin; session_id, or user_id and below_epoch; age in seconds. One row at least, all NULL but xmin.
-- Runs as howdah_auth. PostgreSQL 14 and newer.
select pg_snapshot_xmin(pg_current_snapshot())::text as xmin, r.session_id::text, r.user_id::text, r.below_epoch,
       extract(epoch from now() - r.created_at)::double precision as age
from (values (1)) as one (row)
left join auth.revocations as r
  on r.xid >= $1::text::xid8 and r.created_at > now() - interval '1 day'
