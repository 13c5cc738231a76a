-- Opens a session with its first refresh token and notes the sign-in.
-- Parameters: $1 account id, $2 user agent or NULL, $3 address or NULL, $4 digest of the refresh token, $5 how the person
-- signed in (amr, a JSON array), $6 seconds that the session may last in all, $7 seconds that it may lie unused,
-- $8 whether a second factor was shown, $9 the session's id.
-- Columns: session_id, token_epoch, ends_at in seconds since 1970. No row when the account was closed or switched off in the meantime.
-- PostgreSQL 14 and newer.
with account as (
  update auth.users
  set last_login_at = now(), failed_login_count = 0
  where id = $1::uuid and is_active and deleted_at is null and coalesce(banned_until <= now(), true)
  returning id, token_epoch
), session as (
  insert into auth.sessions (id, user_id, not_after, idle_until, user_agent, ip, amr, mfa_verified_at)
  select $9::uuid, account.id, now() + make_interval(secs => $6::integer),
         now() + make_interval(secs => least($6::integer, $7::integer)), left($2::text, 500), $3::inet, $5::jsonb,
         case when $8::boolean then now() end
  from account
  returning id, not_after
), token as (
  insert into auth.refresh_tokens (session_id, token_hash, expires_at)
  select session.id, $4::bytea, session.not_after
  from session
)
select session.id as session_id, account.token_epoch, floor(extract(epoch from session.not_after))::bigint as ends_at
from session, account
