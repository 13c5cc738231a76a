-- The collations that indexes use, so that they can be told by their OIDs.
-- Parameters: $1 text[]: schemas to read, or null for all; not looked at.
-- Columns: oid, schema, name.
-- Needs PostgreSQL 14.
select l.oid, n.nspname::text as schema, l.collname::text as name
from pg_collation l
join pg_namespace n on n.oid = l.collnamespace
where ($1::text[] is null or true)
  and l.oid in (select unnest(i.indcollation::oid[]) from pg_index i)
