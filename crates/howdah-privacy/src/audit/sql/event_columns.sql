-- Purpose: an event as its digest reads it; the beginning of the statements that end otherwise.
-- Columns: in the order of the message howdah.audit.event.1, all as text; then created_at as the session prints it.
-- Minimum version: 14
select
  e.id::text,
  trunc(extract(epoch from e.created_at) * 1000000)::text,
  e.xid::text,
  e.actor_id::text,
  e.actor_role,
  e.session_id::text,
  e.api_key_id::text,
  e.action,
  e.resource_type,
  e.resource_id,
  e.subject_id::text,
  e.changed_columns::text,
  e.request_id,
  encode(e.payload_sha256, 'hex'),
  e.created_at::text
