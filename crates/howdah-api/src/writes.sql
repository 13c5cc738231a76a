-- Purpose: which writes relations take, by themselves or through triggers and rules.
-- Parameters: $1 text[], the schemas.
-- Columns: schema, relation, insert, update, delete, whether it is a view of whose writes triggers have no part.
-- Minimum version: PostgreSQL 14.
select
  n.nspname::text,
  c.relname::text,
  (w.events & 8) <> 0,
  (w.events & 4) <> 0,
  (w.events & 16) <> 0,
  c.relkind = 'v' and pg_catalog.pg_relation_is_updatable(c.oid, false) <> 0
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (select pg_catalog.pg_relation_is_updatable(c.oid, true) as events) w
where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v', 'f')
