-- Removes a factor. With the last confirmed one go the recovery codes, and all sessions are as if none had been shown.
-- Parameters: $1 factor, $2 account, $3 whether a confirmed one may go.
-- Columns: factor_type, was_confirmed, was_last. No row when there is no such factor. PostgreSQL 14 and newer.
with gone as (
  delete from auth.mfa_factors as m
  where m.id = $1::uuid and m.user_id = $2::uuid and (m.confirmed_at is null or $3::boolean)
  returning m.factor_type, m.confirmed_at is not null as was_confirmed
), last as (
  select gone.factor_type, gone.was_confirmed, gone.was_confirmed and not exists (
    select from auth.mfa_factors as o
    where o.user_id = $2::uuid and o.id <> $1::uuid and o.confirmed_at is not null) as was_last
  from gone
), codes as (
  delete from auth.recovery_codes as c
  using last
  where c.user_id = $2::uuid and last.was_last
), lowered as (
  update auth.sessions as s
  set mfa_verified_at = null,
      amr = (select coalesce(jsonb_agg(e.entry order by e.place), '[]')
             from jsonb_array_elements(s.amr) with ordinality as e (entry, place)
             where e.entry ->> 'method' not in ('totp', 'mfa/recovery_code'))
  from last
  where s.user_id = $2::uuid and last.was_last and s.revoked_at is null and s.mfa_verified_at is not null
)
select last.factor_type, last.was_confirmed, last.was_last
from last
