-- Purpose: events with their seals, as they are exported; the beginning of the statements that end otherwise.
-- Columns: transaction and id of the event, to go on from; then what is exported, as text: moments in UTC, binary values in
--   hexadecimal, before and after as JSON.
-- Minimum version: 14
select
  e.xid::text as place_xid,
  e.id as place_id,
  e.id::text,
  to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
  e.xid::text as xid,
  e.actor_id::text,
  e.actor_role,
  e.session_id::text,
  e.api_key_id::text,
  e.action,
  e.resource_type,
  e.resource_id,
  e.subject_id::text,
  array_to_json(e.changed_columns)::text as changed_columns,
  e.before::text,
  e.after::text,
  host(e.ip) as ip,
  e.request_id,
  encode(e.salt, 'hex') as salt,
  encode(s.payload_sha256, 'hex') as payload_sha256,
  to_char(e.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated_at,
  s.sequence_number::text,
  encode(s.event_sha256, 'hex') as event_sha256,
  encode(s.chain_sha256, 'hex') as chain_sha256,
  to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as sealed_at
from audit.audit_events e
left join audit.seals s on s.event_id = e.id
