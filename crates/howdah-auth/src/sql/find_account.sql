-- Finds the account that signs in with an address.
-- Parameters: $1 the address, in any capitals.
-- Columns: id, email, password_hash, role, is_active, created_at, updated_at. At most one row: open accounts only.
-- PostgreSQL 14 and newer.
select u.id, u.email, u.password_hash, u.role, u.is_active,
       to_json(u.created_at) #>> '{}' as created_at, to_json(u.updated_at) #>> '{}' as updated_at
from auth.users as u
where lower(u.email) = lower($1::text) and u.deleted_at is null and u.account_type = 'human'
