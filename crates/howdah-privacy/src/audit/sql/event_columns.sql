-- Purpose: an event as its digest reads it, and its payload; the beginning of the statements that end otherwise.
-- Columns: in the order of the message howdah.audit.event.1, as they are stored but for changed_columns; then salt, before, after, ip.
--   They are read in binary: what is converted here would be converted for every event that is sealed.
-- Minimum version: 14
select
  e.id,
  e.created_at,
  e.xid,
  e.actor_id,
  e.actor_role,
  e.session_id,
  e.api_key_id,
  e.action,
  e.resource_type,
  e.resource_id,
  e.subject_id,
  e.changed_columns::text,
  e.request_id,
  e.salt,
  e.before,
  e.after,
  host(e.ip)
