-- Purpose: the event of one id, wherever it is. No index helps: it is for what is not in its place.
-- Parameters: $1 bigint: the id.
-- Columns: those of event_columns.sql and verified_columns.sql.
-- Minimum version: 14
from audit.audit_events e
where e.id = $1::bigint
order by e.xid, e.created_at
limit 1
