-- Tables in publications.
-- Parameters: $1 text[]: schemas to read, or null for all; with some, nothing is read.
-- Columns: oid, publication (oid), relation (oid), schema, name, columns (attnums; null for all), filter.
-- Needs PostgreSQL 14, which has neither column lists nor filters. There, the names in the inner query are not found in
-- pg_publication_rel and so are those of `missing`.
select
  r.oid,
  r.prpubid as publication,
  r.prrelid as relation,
  n.nspname::text as schema,
  c.relname::text as name,
  (select prattrs::int2[] from pg_publication_rel i where i.oid = r.oid) as columns,
  (select pg_get_expr(prqual, i.prrelid) from pg_publication_rel i where i.oid = r.oid) as filter
from (select null::pg_node_tree as prqual, null::int2vector as prattrs) as missing
cross join (select oid, prpubid, prrelid from pg_publication_rel) as r
join pg_class c on c.oid = r.prrelid
join pg_namespace n on n.oid = c.relnamespace
where $1::text[] is null
