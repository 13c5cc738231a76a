-- Finds a one-time token by itself, and locks its account: what is done with its tokens is done one after the other.
-- Parameters: $1 digest of the token.
-- Columns: id. No row when there is none, or when its account may not sign in. PostgreSQL 14 and newer.
select t.id
from auth.one_time_tokens as t
join auth.users as u on u.id = t.user_id
where t.token_hash = $1::bytea
  and u.account_type = 'human' and u.is_active and u.deleted_at is null and coalesce(u.banned_until <= now(), true)
for update of u
