-- All roles of the server. Passwords are not read.
-- Parameters: $1 text[]: schemas to read, or null for all. Roles are the server's, so it is not looked at.
-- Columns: name, is_superuser, inherits, create_role, create_db, can_login, replication, bypass_rls, connection_limit,
--   valid_until (as text; null for ever), config (name=value each; settings for one database are left out), comment.
-- Needs PostgreSQL 14.
select
  r.rolname::text as name,
  r.rolsuper as is_superuser,
  r.rolinherit as inherits,
  r.rolcreaterole as create_role,
  r.rolcreatedb as create_db,
  r.rolcanlogin as can_login,
  r.rolreplication as replication,
  r.rolbypassrls as bypass_rls,
  r.rolconnlimit as connection_limit,
  r.rolvaliduntil::text as valid_until,
  r.rolconfig as config,
  d.description as comment
from pg_roles r
left join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
where $1::text[] is null or true
