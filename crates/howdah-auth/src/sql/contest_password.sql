-- Takes the password from an account whose address nobody has proven, because somebody has signed up with another one.
-- That password_changed_at stays says that there was one (see prove_address.sql).
-- Parameters: $1 address, $2 the stored form that the other password was compared with or NULL: where it has been replaced
-- meanwhile, nothing is done.
-- Columns: id. PostgreSQL 14 and newer.
update auth.users
set password_hash = null, password_changed_at = now()
where lower(email) = lower($1::text) and deleted_at is null and account_type = 'human'
  and email_confirmed_at is null and password_hash is not distinct from $2::text
returning id
