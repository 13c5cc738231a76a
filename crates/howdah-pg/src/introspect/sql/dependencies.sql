-- What needs what, as the server records it, by OIDs: the caller knows the names from the other queries. What every table has,
-- and what follows from names, is left out, which is most.
-- Parameters: $1 text[]: schemas to read, or null for all; not looked at.
-- Columns: class, object, part (who needs; oid of its catalog, its oid, attnum or 0), needed_class, needed_object, needed_part,
--   kind (deptype).
-- Needs PostgreSQL 14.
select
  d.classid as class,
  d.objid as object,
  d.objsubid as part,
  d.refclassid as needed_class,
  d.refobjid as needed_object,
  d.refobjsubid as needed_part,
  d.deptype::text as kind
from pg_depend d
where ($1::text[] is null or true)
  -- The first OID that the system does not use for itself.
  and d.objid >= 16384
  and d.refobjid >= 16384
  -- Being in a schema; but for a schema in a publication (6237 is its catalog, missing in PostgreSQL 14).
  and (d.refclassid <> 'pg_namespace'::regclass or d.classid = 6237)
  -- A row's type and its table, an array's type and its element, TOAST tables, an index and its constraint.
  and not (d.deptype = 'i' and d.objsubid = 0 and d.classid in ('pg_type'::regclass, 'pg_class'::regclass))
  -- A default and its column.
  and not (d.deptype in ('a', 'i') and d.classid = 'pg_attrdef'::regclass)
  -- A trigger that is behind a constraint, a policy or trigger and its table, a view and its query.
  and not (d.classid = 'pg_trigger'::regclass and d.refclassid = 'pg_constraint'::regclass)
  and not (d.deptype = 'a' and d.refobjsubid = 0 and d.classid in ('pg_policy'::regclass, 'pg_trigger'::regclass))
  and not (d.deptype = 'i' and d.classid = 'pg_rewrite'::regclass)
