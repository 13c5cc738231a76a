-- Finds an API key by what it is found by.
-- Parameters: $1 the prefix.
-- Columns: id; user_id; digest (hexadecimal); role; scopes (a JSON array); state (good, revoked, expired, replaced or
-- closed); seconds until it ends by itself, NULL for never; whether its last use is to be noted. At most one row.
-- PostgreSQL 14 and newer.
select k.id, k.user_id, encode(k.key_hash, 'hex') as digest, k.role, to_json(k.scopes) as scopes,
       case
         when k.revoked_at is not null then 'revoked'
         when k.expires_at <= now() then 'expired'
         when k.grace_until <= now() then 'replaced'
         when not u.is_active or u.deleted_at is not null or u.banned_until > now() then 'closed'
         else 'good'
       end as state,
       extract(epoch from least(k.expires_at, k.grace_until) - now()) as ends_in,
       (k.last_used_at is null or k.last_used_at < now() - interval '1 minute') as is_use_due
from auth.api_keys as k
join auth.users as u on u.id = k.user_id
where k.prefix = $1::text
