-- Ends the session of a refresh token that comes back after it was used: somebody has a copy of it.
-- Parameters: $1 digest of the token.
-- Columns: session_id, user_id, is_reused; no row for a token that nobody has been given. PostgreSQL 14 and newer.
with found as (
  select t.session_id, s.user_id, t.consumed_at is not null as was_used
  from auth.refresh_tokens as t
  join auth.sessions as s on s.id = t.session_id
  where t.token_hash = $1::bytea
), ended as (
  update auth.sessions as s
  set revoked_at = now(), revoke_reason = 'reuse'
  from found
  where s.id = found.session_id and found.was_used and s.revoked_at is null and s.not_after > now()
  returning s.id
)
select found.session_id, found.user_id, exists (select from ended) as is_reused
from found
