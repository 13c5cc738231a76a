-- Purpose: which roles see a table through its masked view: they may read the view, and not all of the table.
-- Parameters: $1 text[], the schemas of the tables; $2 text, what the schema of the views is called beside that of the tables.
-- Columns: schema, table, role, columns of the view (text[], in their order).
-- Minimum version: PostgreSQL 14.
select n.nspname::text, c.relname::text, r.rolname::text, array_agg(a.attname::text order by a.attnum)
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_namespace m on m.nspname = n.nspname || $2
join pg_catalog.pg_class v on v.relnamespace = m.oid and v.relname = c.relname and v.relkind = 'v'
join pg_catalog.pg_attribute a on a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
cross join pg_catalog.pg_roles r
where n.nspname = any ($1)
  and c.relkind in ('r', 'p')
  and r.rolname !~ '^pg_'
  and pg_catalog.has_schema_privilege(r.oid, m.oid, 'usage')
  and pg_catalog.has_table_privilege(r.oid, v.oid, 'select')
  and not pg_catalog.has_table_privilege(r.oid, c.oid, 'select')
group by 1, 2, 3
