-- Makes an account of a person, unless the address has one.
-- Parameters: $1 address or NULL for an anonymous one, $2 stored form of the password or NULL, $3 user metadata,
-- $4 whether the address counts as proven.
-- Columns: id. No row when the address has an open account. PostgreSQL 14 and newer.
insert into auth.users (email, password_hash, metadata, is_anonymous, email_confirmed_at, password_changed_at)
values ($1::text, $2::text, $3::jsonb, $1::text is null,
        case when $4::boolean then now() end, case when $2::text is not null then now() end)
on conflict (lower(email)) where deleted_at is null do nothing
returning id
