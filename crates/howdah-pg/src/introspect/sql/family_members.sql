-- Operators and functions in operator classes and families that the system did not bring, extensions' among them. Which class
-- one belongs to is known by its dependency alone; it belongs to the family itself when that is what it depends on.
-- Parameters: $1 text[]: schemas to read, or null for all; not looked at.
-- Columns: class (oid of pg_amop or pg_amproc), oid, owner_class (oid of pg_opclass or pg_opfamily), owner (oid), number (strategy
--   or support number), left_type, right_type (as SQL; NONE where there is none), schema, name, input_types (of a function, as
--   SQL, in order; null of an operator), order_by_schema, order_by_name (sort family; null for a search operator).
-- Needs PostgreSQL 14.
select
  'pg_amop'::regclass::oid as class,
  a.oid,
  e.refclassid as owner_class,
  e.refobjid as owner,
  a.amopstrategy as number,
  case when a.amoplefttype = 0 then 'NONE' else format_type(a.amoplefttype, null) end as left_type,
  case when a.amoprighttype = 0 then 'NONE' else format_type(a.amoprighttype, null) end as right_type,
  n.nspname::text as schema,
  o.oprname::text as name,
  null::text[] as input_types,
  fn.nspname::text as order_by_schema,
  f.opfname::text as order_by_name
from pg_amop a
join pg_depend e on e.classid = 'pg_amop'::regclass and e.objid = a.oid
  and e.refclassid in ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
join pg_operator o on o.oid = a.amopopr
join pg_namespace n on n.oid = o.oprnamespace
left join pg_opfamily f on f.oid = a.amopsortfamily
left join pg_namespace fn on fn.oid = f.opfnamespace
where a.oid >= 16384 and ($1::text[] is null or true)
union all
select
  'pg_amproc'::regclass,
  a.oid,
  e.refclassid,
  e.refobjid,
  a.amprocnum,
  format_type(a.amproclefttype, null),
  format_type(a.amprocrighttype, null),
  n.nspname::text,
  p.proname::text,
  array(
    select format_type(u.type, null) from unnest(p.proargtypes) with ordinality as u (type, place) order by u.place
  ),
  null,
  null
from pg_amproc a
join pg_depend e on e.classid = 'pg_amproc'::regclass and e.objid = a.oid
  and e.refclassid in ('pg_opclass'::regclass, 'pg_opfamily'::regclass)
join pg_proc p on p.oid = a.amproc
join pg_namespace n on n.oid = p.pronamespace
where a.oid >= 16384
