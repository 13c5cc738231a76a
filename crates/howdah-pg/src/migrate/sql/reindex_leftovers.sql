-- The indexes that an interrupted REINDEX CONCURRENTLY left behind: invalid ones that it named.
-- Parameters: $1 index, table, schema, database or system; $2 its name as written.
-- Columns: name (as SQL).
-- Needs PostgreSQL 14.
with tables as (
  select p.relid as oid
  from pg_partition_tree(
    case $1::text
      when 'table' then to_regclass(nullif($2::text, ''))
      when 'index' then (select i.indrelid from pg_index i where i.indexrelid = to_regclass(nullif($2::text, '')))
    end
  ) as p
  union
  select case $1::text
    when 'table' then to_regclass(nullif($2::text, ''))::oid
    when 'index' then (select i.indrelid from pg_index i where i.indexrelid = to_regclass(nullif($2::text, '')))
  end
  union
  select c.oid
  from pg_class c
  where c.relkind in ('r', 'm')
    and c.relnamespace = case $1::text when 'schema' then to_regnamespace(nullif($2::text, '')) end
  union
  select c.oid from pg_class c where c.relkind in ('r', 'm') and $1::text in ('database', 'system')
)
select format('%I.%I', n.nspname, c.relname) as name
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
where not i.indisvalid
  and c.relname ~ '_cc(new|old)[0-9]*$'
  and (
    i.indrelid in (select oid from tables)
    or i.indrelid in (select t.reltoastrelid from pg_class t where t.oid in (select oid from tables))
  )
order by 1
