-- Schemas, without those of the system and of extensions.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, name, owner, acl (aclitem[] as text; null for the default), comment.
-- Needs PostgreSQL 14.
select
  n.oid,
  n.nspname::text as name,
  pg_get_userbyid(n.nspowner)::text as owner,
  n.nspacl::text as acl,
  d.description as comment
from pg_namespace n
left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_namespace'::regclass and e.objid = n.oid and e.deptype = 'e'
  )
