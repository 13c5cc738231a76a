-- Functions, window functions and procedures.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, kind (f, p, w), owner, acl (aclitem[] as text; null for the default), language,
--   volatility (i, s, v), parallel (s, r, u), security_definer, strict, leakproof, cost, rows_expected (as text), support,
--   config (name=value each), body, definition, comment, input_types (as SQL, in order), result_sql, result_type (oid),
--   result_set; and one entry for each argument, outputs too: argument_types (oid), argument_sql, argument_names (null, or
--   empty entries, where there are none), argument_modes (null when all are in), argument_defaults (null when none has one).
-- Needs PostgreSQL 14.
select
  p.oid,
  n.nspname::text as schema,
  p.proname::text as name,
  p.prokind::text as kind,
  pg_get_userbyid(p.proowner)::text as owner,
  p.proacl::text as acl,
  l.lanname::text as language,
  p.provolatile::text as volatility,
  p.proparallel::text as parallel,
  p.prosecdef as security_definer,
  p.proisstrict as strict,
  p.proleakproof as leakproof,
  p.procost::text as cost,
  p.prorows::text as rows_expected,
  case when p.prosupport <> 0 then p.prosupport::text end as support,
  p.proconfig as config,
  coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) as body,
  pg_get_functiondef(p.oid) as definition,
  d.description as comment,
  array(
    select format_type(u.type, null) from unnest(p.proargtypes) with ordinality as u (type, place) order by u.place
  ) as input_types,
  case when p.prokind <> 'p' then pg_get_function_result(p.oid) end as result_sql,
  p.prorettype as result_type,
  p.proretset as result_set,
  coalesce(p.proallargtypes, p.proargtypes::oid[]) as argument_types,
  array(
    select format_type(u.type, null)
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as u (type, place)
    order by u.place
  ) as argument_sql,
  p.proargnames as argument_names,
  p.proargmodes::text[] as argument_modes,
  case when p.pronargdefaults > 0 then array(
    select pg_get_function_arg_default(p.oid, u.place::int)
    from generate_series(1, cardinality(coalesce(p.proallargtypes, p.proargtypes::oid[]))) as u (place)
    order by u.place
  ) end as argument_defaults
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid and d.objsubid = 0
where p.prokind in ('f', 'p', 'w')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  -- `e`: an extension's. `i`: made by the system for another object, as the constructors of a range type are.
  and not exists (
    select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype in ('e', 'i')
  )
