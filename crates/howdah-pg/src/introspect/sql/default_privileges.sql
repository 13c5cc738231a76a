-- ALTER DEFAULT PRIVILEGES, one row for each privilege.
-- Parameters: $1 text[]: schemas to read, or null for all. Those that hold in every schema are always read.
-- Columns: role, schema (null for every schema), objects (r, S, f, T, n, L), grantee (`public` for everyone), privilege,
--   grantor, grantable. A setting that grants nothing has one row whose privilege is null.
-- Needs PostgreSQL 14.
select
  pg_get_userbyid(a.defaclrole)::text as role,
  n.nspname::text as schema,
  a.defaclobjtype::text as objects,
  case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee)::text end as grantee,
  x.privilege_type as privilege,
  pg_get_userbyid(x.grantor)::text as grantor,
  x.is_grantable as grantable
from pg_default_acl a
left join pg_namespace n on n.oid = a.defaclnamespace
left join lateral aclexplode(a.defaclacl) as x on true
where a.defaclnamespace = 0
  or (n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and ($1::text[] is null or n.nspname = any ($1)))
