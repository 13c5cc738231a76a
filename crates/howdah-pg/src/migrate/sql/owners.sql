-- Who owns what has this name and is not the caller's own.
-- Parameters: $1 a name without schema.
-- Columns: owner. More than one row: it is not clear which is meant.
-- Needs PostgreSQL 14.
select distinct r.rolname::text as owner
from (
  select relowner as owner from pg_class where relname = $1
  union all
  select proowner from pg_proc where proname = $1
  union all
  select typowner from pg_type where typname = $1 and typrelid = 0
  union all
  select nspowner from pg_namespace where nspname = $1
) as o
join pg_roles r on r.oid = o.owner
where not pg_has_role(r.oid, 'USAGE')
