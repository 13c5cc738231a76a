-- Casts that the system did not bring. They belong to no schema, so they are read only with all schemas.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, source, target (as SQL), method (f, i, b), context (e, a, i), function_schema, function_name,
--   function_input_types (as SQL, in order), comment.
-- Needs PostgreSQL 14.
select
  k.oid,
  format_type(k.castsource, null) as source,
  format_type(k.casttarget, null) as target,
  k.castmethod::text as method,
  k.castcontext::text as context,
  pn.nspname::text as function_schema,
  p.proname::text as function_name,
  array(
    select format_type(u.type, null) from unnest(p.proargtypes) with ordinality as u (type, place) order by u.place
  ) as function_input_types,
  d.description as comment
from pg_cast k
left join pg_proc p on p.oid = k.castfunc
left join pg_namespace pn on pn.oid = p.pronamespace
left join pg_description d on d.classoid = 'pg_cast'::regclass and d.objoid = k.oid and d.objsubid = 0
where $1::text[] is null
  -- The first OID that the system does not use for itself.
  and k.oid >= 16384
  -- `e`: an extension's. `i`: made with a type, as those of a range to its multirange are.
  and not exists (
    select from pg_depend e where e.classid = 'pg_cast'::regclass and e.objid = k.oid and e.deptype in ('e', 'i')
  )
