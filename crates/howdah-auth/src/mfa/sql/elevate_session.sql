-- Notes that a second factor was shown in a session, exchanges its refresh token, and ends those sessions of the account in
-- which none was shown: one of them may be somebody's who knows the password.
-- Parameters: $1 session, $2 account, $3 entry of amr, which takes the place of one of the same method, $4 digest of the
-- new refresh token, $5 seconds that the session may lie unused.
-- Columns: session_id, token_epoch, amr, ends_at in seconds since 1970. No row when session or account has ended.
-- PostgreSQL 14 and newer.
with session as (
  update auth.sessions as s
  set mfa_verified_at = now(), last_used_at = now(),
      idle_until = least(s.not_after, now() + make_interval(secs => $5::integer)),
      amr = (select coalesce(jsonb_agg(e.entry order by e.place) filter (where e.entry ->> 'method' <> $3::jsonb ->> 'method'), '[]')
             from jsonb_array_elements(s.amr) with ordinality as e (entry, place)) || $3::jsonb
  from auth.users as u
  where s.id = $1::uuid and s.user_id = $2::uuid and u.id = s.user_id
    and s.revoked_at is null and s.not_after > now() and s.idle_until > now()
    and u.is_active and u.deleted_at is null and coalesce(u.banned_until <= now(), true)
  returning s.id, s.user_id, s.amr, s.not_after, u.token_epoch
), used as (
  update auth.refresh_tokens as t
  set consumed_at = now()
  from session
  where t.session_id = session.id and t.consumed_at is null
  returning t.id, t.issued_at
), child as (
  -- A child of the latest, so that a tab which still has that one gets its few seconds.
  insert into auth.refresh_tokens (session_id, token_hash, parent_id, expires_at)
  select session.id, $4::bytea, (select used.id from used order by used.issued_at desc limit 1), session.not_after
  from session
), others as (
  update auth.sessions as o
  set revoked_at = now(), revoke_reason = 'logout'
  from session
  where o.user_id = session.user_id and o.id <> session.id and o.revoked_at is null and o.mfa_verified_at is null
)
select session.id as session_id, session.token_epoch, session.amr, floor(extract(epoch from session.not_after))::bigint as ends_at
from session
