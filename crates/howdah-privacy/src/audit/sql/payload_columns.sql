-- Purpose: the payload of an event beside event_columns.sql; the middle of the statements that end otherwise.
-- Columns: salt; the payload as it is hashed; whether it holds anything; whether it is in the one form that its digest knows;
--   updated_at in microseconds.
-- Minimum version: 14
, e.salt,
  jsonb_build_object('before', e.before, 'after', e.after, 'ip', host(e.ip))::text,
  num_nonnulls(e.before, e.after, e.ip) > 0,
  coalesce(e.ip::text = host(e.ip)::inet::text, true)
    and e.before is distinct from 'null'::jsonb and e.after is distinct from 'null'::jsonb,
  trunc(extract(epoch from e.updated_at) * 1000000)::text
