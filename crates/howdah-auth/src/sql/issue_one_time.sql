-- Issues a one-time token in the place of those of its kind that the account has, and drops those that are long over.
-- Parameters: $1 the token's id, $2 account id, $3 purpose, $4 digest of the token, $5 digest of its code or NULL,
-- $6 address that it is about, $7 seconds that it is good for, $8 code challenge or NULL, $9 whether another one has to
-- be used first.
-- Columns: id; no row when the account is closed. PostgreSQL 14 and newer.
with spent as (
  update auth.one_time_tokens
  set consumed_at = now()
  where user_id = $2::uuid and purpose = $3::text and consumed_at is null
), forgotten as (
  delete from auth.one_time_tokens
  where user_id = $2::uuid and expires_at < now() - interval '30 days'
)
insert into auth.one_time_tokens
  (id, user_id, purpose, token_hash, code_hash, sent_to, expires_at, code_challenge, is_half)
select $1::uuid, u.id, $3::text, $4::bytea, $5::bytea, $6::text, now() + make_interval(secs => $7::integer), $8::text,
       $9::boolean
from auth.users as u
where u.id = $2::uuid and u.deleted_at is null
returning id
