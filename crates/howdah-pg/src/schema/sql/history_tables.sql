-- The tables that a schema is made of, partitions left out, and their comments.
-- Columns: oid bigint, schema text, name text, comment text.
-- PostgreSQL 14 and later.
select c.oid::bigint as oid, n.nspname::text as schema, c.relname::text as name, d.description as comment
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = 0
where c.relkind in ('r', 'p')
  and not c.relispartition
  and n.nspname !~ '^(pg_|howdah_dropped_)'
  and n.nspname not in ('information_schema', 'howdah', 'howdah_dev')
