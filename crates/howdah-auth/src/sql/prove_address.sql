-- The address of an account is proven. Whoever set a password before that need not have been its owner, unless the password
-- came with the very sign-up that is being confirmed.
-- Parameters: $1 account, $2 whether it is a sign-up that is being confirmed.
-- Columns: lost_password: whether the account has none because people have signed up with different ones.
-- PostgreSQL 14 and newer.
update auth.users
set email_confirmed_at = coalesce(email_confirmed_at, now()),
    password_hash = case when email_confirmed_at is null and not $2::boolean then null else password_hash end
where id = $1::uuid
returning $2::boolean and password_hash is null and password_changed_at is not null as lost_password
