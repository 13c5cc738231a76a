-- Gives an account its recovery codes.
-- Parameters: $1 account, $2 digests of the codes as a JSON array of bytea literals, $3 whether it must have some already,
-- which the new ones replace.
-- Columns: is_made, had_some. Nothing is made unless had_some is as $3 says. PostgreSQL 14 and newer.
with standing as (
  select exists (select from auth.recovery_codes as c where c.user_id = $1::uuid) as had_some
), old as (
  delete from auth.recovery_codes as c
  using standing
  where c.user_id = $1::uuid and $3::boolean
), made as (
  insert into auth.recovery_codes (user_id, code_hash)
  select $1::uuid, d.digest::bytea
  from standing, jsonb_array_elements_text($2::jsonb) as d (digest)
  where standing.had_some = $3::boolean
  returning id
)
select exists (select from made) as is_made, standing.had_some
from standing
