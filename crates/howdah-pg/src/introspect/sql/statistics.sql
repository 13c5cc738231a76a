-- Extended statistics, but for those of foreign tables.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, table_schema, table_name, owner, kinds (d, f, m, e), columns (in the
--   table's order), expressions (null for none), target (null for the default), definition, comment.
-- Needs PostgreSQL 14.
select
  s.oid,
  n.nspname::text as schema,
  s.stxname::text as name,
  cn.nspname::text as table_schema,
  c.relname::text as table_name,
  pg_get_userbyid(s.stxowner)::text as owner,
  s.stxkind::text[] as kinds,
  array(
    select a.attname::text from pg_attribute a
    where a.attrelid = s.stxrelid and a.attnum = any (s.stxkeys::int2[])
    order by a.attnum
  ) as columns,
  pg_get_statisticsobjdef_expressions(s.oid) as expressions,
  nullif(s.stxstattarget, -1)::int as target,
  pg_get_statisticsobjdef(s.oid) as definition,
  d.description as comment
from pg_statistic_ext s
join pg_namespace n on n.oid = s.stxnamespace
join pg_class c on c.oid = s.stxrelid and c.relkind <> 'f'
join pg_namespace cn on cn.oid = c.relnamespace
left join pg_description d on d.classoid = 'pg_statistic_ext'::regclass and d.objoid = s.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_statistic_ext'::regclass and e.objid = s.oid and e.deptype = 'e'
  )
