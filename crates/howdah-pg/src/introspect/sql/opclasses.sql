-- Operator classes, so that an index's can be told by their OIDs. Not filtered: an index may use any.
-- Parameters: $1 text[]: schemas to read, or null for all; not looked at.
-- Columns: oid, schema, name, is_default.
-- Needs PostgreSQL 14.
select o.oid, n.nspname::text as schema, o.opcname::text as name, o.opcdefault as is_default
from pg_opclass o
join pg_namespace n on n.oid = o.opcnamespace
where $1::text[] is null or true
