-- The open account of an address or an id, of whatever type.
-- Parameters: $1 the address, in any capitals, or the id as text.
-- Columns: id, email. PostgreSQL 14 and newer.
select u.id, u.email from auth.users as u
where (lower(u.email) = lower($1::text) or u.id::text = lower($1::text)) and u.deleted_at is null
