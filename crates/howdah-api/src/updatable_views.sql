-- Purpose: views that PostgreSQL can insert into, update or delete from by itself.
-- Parameters: $1 text[], the schemas.
-- Columns: schema, view, whether triggers have no part in it.
-- Minimum version: PostgreSQL 14.
select n.nspname::text, c.relname::text, pg_catalog.pg_relation_is_updatable(c.oid, false) <> 0
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = any ($1) and c.relkind = 'v' and pg_catalog.pg_relation_is_updatable(c.oid, true) <> 0
