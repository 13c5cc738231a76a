-- NOT NULL of columns as constraints, which they are since PostgreSQL 18: most of all constraints by far.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: relation (oid), number (attnum), name, validated, no_inherit, inherited, comment.
-- Needs PostgreSQL 14.
select
  k.conrelid as relation,
  k.conkey[1] as number,
  k.conname::text as name,
  k.convalidated as validated,
  k.connoinherit as no_inherit,
  case when c.relispartition then k.coninhcount > 0 else k.coninhcount > 0 and not k.conislocal end as inherited,
  d.description as comment
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid and d.objsubid = 0
where k.contype = 'n'
  and c.relkind in ('r', 'p')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
