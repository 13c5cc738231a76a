-- The functions of the extension amcheck that are used, where it is installed.
-- Parameters: none.
-- Columns: schema, name (bt_index_check, verify_heapam), arguments (how many it takes), may_execute.
-- Needs PostgreSQL 14.
select
  n.nspname::text as schema,
  p.proname::text as name,
  p.pronargs as arguments,
  has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute') as may_execute
from pg_extension e
join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
  and d.classid = 'pg_proc'::regclass
join pg_proc p on p.oid = d.objid
join pg_namespace n on n.oid = p.pronamespace
where e.extname = 'amcheck'
  and p.proname in ('bt_index_check', 'verify_heapam')
order by p.proname, p.pronargs desc
