-- Every type, so that columns and arguments can be described by its OID. Not filtered: a column may use any.
-- Parameters: $1 text[]: schemas to read, or null for all; not looked at.
-- Columns: oid, schema, name, kind (b, c, d, e, r, m, p), element (oid; null unless an array), relation (oid whose
--   rows it describes, else 0), base (oid of a domain's
--   type, else 0), base_sql.
-- Needs PostgreSQL 14.
select
  t.oid,
  n.nspname::text as schema,
  t.typname::text as name,
  t.typtype::text as kind,
  e.oid as element,
  t.typrelid as relation,
  t.typbasetype as base,
  case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base_sql
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
left join pg_type e on e.typarray = t.oid
