-- Withdraws an API key.
-- Parameters: $1 its id or NULL, $2 its prefix or NULL, $3 the account that asks or NULL for the administrator.
-- Columns: see columns.sql, which follows. No row when there is no such key; one that is withdrawn stays as it is.
-- PostgreSQL 14 and newer.
update auth.api_keys as k
set revoked_at = coalesce(k.revoked_at, now())
where (k.id = $1::uuid or k.prefix = $2::text) and ($3::uuid is null or k.user_id = $3::uuid)
returning
