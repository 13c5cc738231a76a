-- Purpose: the event at a place in the order of sealing.
-- Parameters: $1 xid8: the transaction; $2 bigint: the id.
-- Columns: those of event_columns.sql and verified_columns.sql.
-- Minimum version: 14
from audit.audit_events e
where e.xid = $1::xid8 and e.id = $2::bigint
order by e.created_at
limit 1
