-- Notes that API keys were used.
-- Parameters: $1 the ids (uuid[]).
-- Columns: none. Several processes note the same use within seconds of each other; it is written once.
-- PostgreSQL 14 and newer.
update auth.api_keys
set last_used_at = now()
where id = any ($1::uuid[])
  and (last_used_at is null or last_used_at < now() - interval '50 seconds')
