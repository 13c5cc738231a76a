-- Purpose: which columns roles may read of relations on which they may read some columns only.
-- Parameters: $1 text[], the schemas.
-- Columns: schema, relation, role, columns (text[], in their order).
-- Minimum version: PostgreSQL 14.
select n.nspname::text, c.relname::text, r.rolname::text, array_agg(a.attname::text order by a.attnum)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
cross join pg_catalog.pg_roles r
where n.nspname = any ($1)
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and exists (select from pg_catalog.pg_attribute x where x.attrelid = c.oid and x.attacl is not null and not x.attisdropped)
  and r.rolname !~ '^pg_'
  and not pg_catalog.has_table_privilege(r.oid, c.oid, 'select')
  and pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, 'select')
group by 1, 2, 3
