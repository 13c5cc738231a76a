-- Purpose: when people's events were redacted.
-- Parameters: $1 text[]: their pseudonyms.
-- Columns: the pseudonym; the moment in microseconds.
-- Minimum version: 14
select e.resource_id, trunc(extract(epoch from e.created_at) * 1000000)::text
from audit.audit_events e
where e.resource_type = 'audit.audit_events' and e.action = 'redact' and e.resource_id = any ($1::text[])
