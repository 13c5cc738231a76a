-- Accepts the code of a step of an authenticator app, which from then on takes neither it nor an earlier one.
-- Parameters: $1 factor, $2 account, $3 step. Columns: is_first, whether it was unconfirmed until now. No row when the code
-- of this step, or of a later one, was accepted before. PostgreSQL 14 and newer.
update auth.mfa_factors
set last_used_step = $3::bigint, last_used_at = now(), confirmed_at = coalesce(confirmed_at, now())
where id = $1::uuid and user_id = $2::uuid and factor_type = 'totp' and coalesce(last_used_step < $3::bigint, true)
returning confirmed_at = last_used_at as is_first
