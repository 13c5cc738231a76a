-- Exchanges a refresh token for its child and prolongs its session.
-- Parameters: $1 digest of the token, $2 digest of the child, $3 seconds that the session may lie unused.
-- Columns: session_id, user_id, amr, has_second_factor, ends_at in seconds since 1970. No row when the token is not good: unknown, used, or of a session or
-- account that has ended. Others of the same parent, made in its time of grace, are used up with it, so that only one line
-- of them goes on. The session is locked first, so that two of them at once take turns. PostgreSQL 14 and newer.
with session as (
  select s.id, s.user_id, s.amr, s.mfa_verified_at, s.not_after
  from auth.refresh_tokens as t
  join auth.sessions as s on s.id = t.session_id
  join auth.users as u on u.id = s.user_id
  where t.token_hash = $1::bytea
    and s.revoked_at is null and s.not_after > now() and s.idle_until > now()
    and u.is_active and u.deleted_at is null and coalesce(u.banned_until <= now(), true)
  for update of s
), used as (
  update auth.refresh_tokens as t
  set consumed_at = now()
  from session
  where t.token_hash = $1::bytea and t.session_id = session.id and t.consumed_at is null and t.expires_at > now()
  returning t.id, t.parent_id
), siblings as (
  update auth.refresh_tokens as t
  set consumed_at = now()
  from used
  where t.parent_id = used.parent_id and t.id <> used.id and t.consumed_at is null
), prolonged as (
  update auth.sessions as s
  set last_used_at = now(), idle_until = least(s.not_after, now() + make_interval(secs => $3::integer))
  from session, used
  where s.id = session.id
), child as (
  insert into auth.refresh_tokens (session_id, token_hash, parent_id, expires_at)
  select session.id, $2::bytea, used.id, session.not_after
  from session, used
)
select session.id as session_id, session.user_id, session.amr, session.mfa_verified_at is not null as has_second_factor,
       floor(extract(epoch from session.not_after))::bigint as ends_at
from session, used
