-- Replaces an API key by another one of the same scopes and role; the old one works on for a while.
-- Parameters: $1 the key's id or NULL, $2 its prefix or NULL, $3 the account that asks or NULL for the administrator, $4
-- for how many seconds the old key works on, $5 prefix and $6 digest (bytea) of the new one.
-- Columns: see columns.sql, which follows; those of the new key, which is good for as long as the old one was when it was
-- made. No row when there is no such key, when it does not work any more or has been replaced already. An account cannot
-- replace a key of service_role or of howdah_readonly that was made for it: it would get to know one.
-- PostgreSQL 14 and newer.
with old as (
  update auth.api_keys as o
  set grace_until = now() + make_interval(secs => $4::float8)
  where (o.id = $1::uuid or o.prefix = $2::text)
    and ($3::uuid is null or (o.user_id = $3::uuid and o.role not in ('service_role', 'howdah_readonly')))
    and o.revoked_at is null and o.grace_until is null and (o.expires_at is null or o.expires_at > now())
  returning o.id, o.user_id, o.name, o.scopes, o.role, o.expires_at - o.created_at as lasts
)
insert into auth.api_keys as k (user_id, name, prefix, key_hash, scopes, role, expires_at, rotated_from_id)
select old.user_id, old.name, $5::text, $6::bytea, old.scopes, old.role, now() + old.lasts, old.id
from old
returning
