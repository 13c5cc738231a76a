-- Uses a one-time token up, or counts a wrong code against it. A token that went to an address which the account does not
-- have any more is of no use.
-- Parameters: $1 the token's id, $2 purposes, $3 digest of the code that was shown or NULL for the token itself, $4 wrong
-- codes after which its code is good no more.
-- Columns: is_right, user_id, purpose, sent_to, is_half, code_challenge. No row when the token is not good.
-- PostgreSQL 14 and newer.
update auth.one_time_tokens as t
set consumed_at  = case when $3::bytea is null or t.code_hash = $3::bytea then now() end,
    failed_count = t.failed_count + case when $3::bytea is null or t.code_hash = $3::bytea then 0 else 1 end
from auth.users as u
where t.id = $1::uuid and u.id = t.user_id
  and t.purpose = any ($2::text[]) and t.consumed_at is null and t.expires_at > now()
  and ($3::bytea is null or t.failed_count < $4::integer)
  and (t.purpose in ('email_change', 'email_change_current') or lower(t.sent_to) = lower(u.email))
returning coalesce(t.code_hash = $3::bytea, $3::bytea is null) as is_right, t.user_id, t.purpose, t.sent_to, t.is_half,
          t.code_challenge
