-- Range types that a schema defines.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, owner, acl (aclitem[] as text; null for the default), comment, subtype (oid), subtype_sql,
--   opclass_schema, opclass_name (null for the default), collation_schema, collation_name (null for the subtype's), canonical,
--   subtype_diff (qualified and quoted; null for none), multirange (oid), multirange_schema, multirange_name.
-- Needs PostgreSQL 14.
select
  t.oid,
  n.nspname::text as schema,
  t.typname::text as name,
  pg_get_userbyid(t.typowner)::text as owner,
  t.typacl::text as acl,
  d.description as comment,
  r.rngsubtype as subtype,
  format_type(r.rngsubtype, null) as subtype_sql,
  cn.nspname::text as opclass_schema,
  c.opcname::text as opclass_name,
  ln.nspname::text as collation_schema,
  l.collname::text as collation_name,
  case when r.rngcanonical <> 0 then r.rngcanonical::text end as canonical,
  case when r.rngsubdiff <> 0 then r.rngsubdiff::text end as subtype_diff,
  m.oid as multirange,
  mn.nspname::text as multirange_schema,
  m.typname::text as multirange_name
from pg_range r
join pg_type t on t.oid = r.rngtypid
join pg_namespace n on n.oid = t.typnamespace
join pg_type s on s.oid = r.rngsubtype
join pg_type m on m.oid = r.rngmultitypid
join pg_namespace mn on mn.oid = m.typnamespace
left join pg_opclass c on c.oid = r.rngsubopc and not c.opcdefault
left join pg_namespace cn on cn.oid = c.opcnamespace
left join pg_collation l on l.oid = r.rngcollation and r.rngcollation <> s.typcollation
left join pg_namespace ln on ln.oid = l.collnamespace
left join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
