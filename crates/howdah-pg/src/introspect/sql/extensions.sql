-- Installed extensions. plpgsql is in every database and says nothing about this one.
-- Parameters: $1 text[]: schemas to read, or null for all. Extensions are the database's, so it is not looked at.
-- Columns: oid, name, schema, version, comment.
-- Needs PostgreSQL 14.
select
  x.oid,
  x.extname::text as name,
  n.nspname::text as schema,
  x.extversion as version,
  d.description as comment
from pg_extension x
join pg_namespace n on n.oid = x.extnamespace
left join pg_description d on d.classoid = 'pg_extension'::regclass and d.objoid = x.oid and d.objsubid = 0
where x.extname <> 'plpgsql'
