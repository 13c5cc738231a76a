-- Operator families.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, method, owner, comment.
-- Needs PostgreSQL 14.
select
  f.oid,
  n.nspname::text as schema,
  f.opfname::text as name,
  m.amname::text as method,
  pg_get_userbyid(f.opfowner)::text as owner,
  d.description as comment
from pg_opfamily f
join pg_namespace n on n.oid = f.opfnamespace
join pg_am m on m.oid = f.opfmethod
left join pg_description d on d.classoid = 'pg_opfamily'::regclass and d.objoid = f.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_opfamily'::regclass and e.objid = f.oid and e.deptype = 'e'
  )
