-- The relations that are not the system's.
-- Parameters: none.
-- Columns: oid, name (as SQL).
-- Needs PostgreSQL 14.
select c.oid, format('%I.%I', n.nspname, c.relname) as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
