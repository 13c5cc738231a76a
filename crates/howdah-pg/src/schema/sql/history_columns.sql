-- The columns that were made or changed by transactions from a certain one on.
-- Parameter: $1 bigint, the number of that transaction.
-- Columns: oid bigint, number smallint, name text, type text, not_null boolean, default text,
-- generated boolean, identity boolean, dropped boolean.
-- PostgreSQL 14 and later.
select
  a.attrelid::bigint as oid,
  a.attnum as number,
  a.attname::text as name,
  format_type(a.atttypid, a.atttypmod) as type,
  a.attnotnull as not_null,
  pg_get_expr(d.adbin, d.adrelid) as default,
  a.attgenerated <> '' as generated,
  a.attidentity <> '' as identity,
  a.attisdropped as dropped
from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and not c.relispartition
join pg_namespace n on n.oid = c.relnamespace
  and n.nspname !~ '^(pg_|howdah_dropped_)' and n.nspname not in ('information_schema', 'howdah', 'howdah_dev')
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0
  and (a.xmin::text::bigint >= $1 or d.xmin::text::bigint >= $1)
