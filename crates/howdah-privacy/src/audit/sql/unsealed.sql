-- Purpose: the next events to seal: committed, and so that no earlier one can appear any more.
-- Parameters: $1 xid8, $2 bigint: transaction and id of the last sealed event; $3 bigint: how many at the most.
-- Columns: those of event_columns.sql.
-- Minimum version: 14
from audit.audit_events e
where (e.xid, e.id) > ($1::xid8, $2::bigint)
  and e.xid < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid, e.id
limit $3::bigint
