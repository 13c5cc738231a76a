-- Sets an authenticator app up, unconfirmed, and forgets those that were set up more than an hour ago and never used.
-- Parameters: $1 account, $2 the factor's id, $3 its name, $4 whether the person chose the name, $5 its secret, sealed,
-- $6 how many factors an account may have.
-- Columns: is_made, is_taken (the name), which are both false when there are too many. PostgreSQL 14 and newer.
with standing as (
  select count(*) as factors, coalesce(bool_or(m.friendly_name = $3::text), false) and $4::boolean as is_taken
  from auth.mfa_factors as m
  where m.user_id = $1::uuid and (m.confirmed_at is not null or m.created_at > now() - interval '1 hour')
), stale as (
  delete from auth.mfa_factors as m
  where m.user_id = $1::uuid and m.confirmed_at is null and m.created_at <= now() - interval '1 hour'
), made as (
  insert into auth.mfa_factors (id, user_id, factor_type, friendly_name, secret)
  select $2::uuid, $1::uuid, 'totp', $3::text, $5::text
  from standing
  where standing.factors < $6::integer and not standing.is_taken
  returning id
)
select exists (select from made) as is_made, standing.is_taken
from standing
