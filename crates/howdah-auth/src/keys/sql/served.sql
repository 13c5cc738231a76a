-- The tables, views and functions of some schemas, for scopes to be checked against.
-- Parameters: $1 the schemas (a JSON array).
-- Columns: is_function, schema, name. PostgreSQL 14 and newer.
with served as (
  select n.oid, n.nspname
  from pg_catalog.pg_namespace as n
  where n.nspname in (select jsonb_array_elements_text($1::jsonb))
)
select false as is_function, served.nspname as schema, c.relname as name
from pg_catalog.pg_class as c
join served on served.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
union
select true, served.nspname, p.proname
from pg_catalog.pg_proc as p
join served on served.oid = p.pronamespace
where p.prokind = 'f' and p.prorettype <> 'pg_catalog.trigger'::regtype
