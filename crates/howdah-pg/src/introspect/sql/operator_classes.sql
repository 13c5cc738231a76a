-- Operator classes that a schema defines.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, method, owner, is_default, data_type (as SQL), family_schema, family_name, storage (as SQL; null
--   for the type itself), comment.
-- Needs PostgreSQL 14.
select
  o.oid,
  n.nspname::text as schema,
  o.opcname::text as name,
  m.amname::text as method,
  pg_get_userbyid(o.opcowner)::text as owner,
  o.opcdefault as is_default,
  format_type(o.opcintype, null) as data_type,
  fn.nspname::text as family_schema,
  f.opfname::text as family_name,
  case when o.opckeytype <> 0 then format_type(o.opckeytype, null) end as storage,
  d.description as comment
from pg_opclass o
join pg_namespace n on n.oid = o.opcnamespace
join pg_am m on m.oid = o.opcmethod
join pg_opfamily f on f.oid = o.opcfamily
join pg_namespace fn on fn.oid = f.opfnamespace
left join pg_description d on d.classoid = 'pg_opclass'::regclass and d.objoid = o.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_opclass'::regclass and e.objid = o.oid and e.deptype = 'e'
  )
