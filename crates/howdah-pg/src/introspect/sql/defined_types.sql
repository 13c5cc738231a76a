-- Domains, enums and composite types that a schema defines.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, kind (d, e, c), owner, acl (aclitem[] as text; null for the default), comment; for a domain:
--   base (oid), base_sql, not_null, default_sql, collation_schema, collation_name (null for the base type's); for an enum:
--   labels; for a composite: relation (oid, whose columns are its attributes).
-- Needs PostgreSQL 14.
select
  t.oid,
  n.nspname::text as schema,
  t.typname::text as name,
  t.typtype::text as kind,
  pg_get_userbyid(t.typowner)::text as owner,
  t.typacl::text as acl,
  d.description as comment,
  t.typbasetype as base,
  case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base_sql,
  t.typnotnull as not_null,
  pg_get_expr(t.typdefaultbin, 'pg_type'::regclass) as default_sql,
  ln.nspname::text as collation_schema,
  l.collname::text as collation_name,
  case when t.typtype = 'e' then array(
    select v.enumlabel::text from pg_enum v where v.enumtypid = t.oid order by v.enumsortorder
  ) end as labels,
  t.typrelid as relation
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
left join pg_type b on b.oid = t.typbasetype
left join pg_collation l on t.typtype = 'd' and l.oid = t.typcollation and t.typcollation <> b.typcollation
left join pg_namespace ln on ln.oid = l.collnamespace
left join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
where (t.typtype in ('d', 'e') or c.relkind = 'c')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')
