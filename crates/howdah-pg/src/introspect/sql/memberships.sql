-- Which role is a member of which, one row for each grant.
-- Parameters: $1 text[]: schemas to read, or null for all. Roles are the server's, so it is not looked at.
-- Columns: role, member, admin, inherit, set (the last two null before PostgreSQL 16).
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist.
select
  pg_get_userbyid(m.roleid)::text as role,
  pg_get_userbyid(m.member)::text as member,
  m.admin_option as admin,
  (to_jsonb(m) ->> 'inherit_option')::boolean as inherit,
  (to_jsonb(m) ->> 'set_option')::boolean as set
from pg_auth_members m
where $1::text[] is null or true
