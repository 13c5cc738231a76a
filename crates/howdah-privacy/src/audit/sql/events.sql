-- Purpose: a page of events with their payload, in the order of sealing.
-- Parameters: $1 xid8, $2 bigint: transaction and id of the event before; $3 xid8, $4 bigint: those of the last one wanted;
--   $5 bigint: how many at the most.
-- Columns: those of event_columns.sql and verified_columns.sql.
-- Minimum version: 14
from audit.audit_events e
where (e.xid, e.id) > ($1::xid8, $2::bigint)
  and (e.xid, e.id) <= ($3::xid8, $4::bigint)
order by e.xid, e.id, e.created_at
limit $5::bigint
