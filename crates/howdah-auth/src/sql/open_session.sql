-- Opens a session and notes the sign-in.
-- Parameters: $1 account id, $2 user agent or NULL, $3 address or NULL.
-- Columns: id of the session. No row when the account was closed or switched off in the meantime.
-- Limits: 30 days in all, 7 days idle. PostgreSQL 14 and newer.
with account as (
  update auth.users set last_login_at = now()
  where id = $1::uuid and is_active and deleted_at is null
  returning id
)
insert into auth.sessions (user_id, not_after, idle_until, user_agent, ip)
select account.id, now() + interval '30 days', now() + interval '7 days', left($2::text, 500), $3::inet
from account
returning id
