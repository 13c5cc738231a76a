-- Aggregates.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, kind (n, o, h), owner, acl (aclitem[] as text; null for the default), parallel (s, r, u),
--   comment, direct_arguments (how many), arguments_sql (as in CREATE AGGREGATE; empty without any); state_function,
--   final_function, combine_function, serial_function, deserial_function (qualified and quoted; null for none), state_type
--   (oid), state_type_sql, state_space, final_extra, final_modify (r, s, w), initial_value, sort_operator_schema,
--   sort_operator_name; the same with `moving_`, and moving_inverse_function, all null when it has no moving form; and one entry
--   for each argument: argument_types (oid), argument_sql, argument_names and argument_modes (may be null).
-- Needs PostgreSQL 14.
select
  p.oid,
  n.nspname::text as schema,
  p.proname::text as name,
  a.aggkind::text as kind,
  pg_get_userbyid(p.proowner)::text as owner,
  p.proacl::text as acl,
  p.proparallel::text as parallel,
  d.description as comment,
  a.aggnumdirectargs as direct_arguments,
  pg_get_function_arguments(p.oid) as arguments_sql,
  a.aggtransfn::text as state_function,
  case when a.aggfinalfn <> 0 then a.aggfinalfn::text end as final_function,
  case when a.aggcombinefn <> 0 then a.aggcombinefn::text end as combine_function,
  case when a.aggserialfn <> 0 then a.aggserialfn::text end as serial_function,
  case when a.aggdeserialfn <> 0 then a.aggdeserialfn::text end as deserial_function,
  a.aggtranstype as state_type,
  format_type(a.aggtranstype, null) as state_type_sql,
  a.aggtransspace as state_space,
  a.aggfinalextra as final_extra,
  a.aggfinalmodify::text as final_modify,
  a.agginitval as initial_value,
  sn.nspname::text as sort_operator_schema,
  s.oprname::text as sort_operator_name,
  case when a.aggmtransfn <> 0 then a.aggmtransfn::text end as moving_state_function,
  case when a.aggmtransfn <> 0 then a.aggminvtransfn::text end as moving_inverse_function,
  case when a.aggmfinalfn <> 0 then a.aggmfinalfn::text end as moving_final_function,
  case when a.aggmtransfn <> 0 then a.aggmtranstype end as moving_state_type,
  case when a.aggmtransfn <> 0 then format_type(a.aggmtranstype, null) end as moving_state_type_sql,
  a.aggmtransspace as moving_state_space,
  a.aggmfinalextra as moving_final_extra,
  a.aggmfinalmodify::text as moving_final_modify,
  a.aggminitval as moving_initial_value,
  coalesce(p.proallargtypes, p.proargtypes::oid[]) as argument_types,
  array(
    select format_type(u.type, null)
    from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as u (type, place)
    order by u.place
  ) as argument_sql,
  p.proargnames as argument_names,
  p.proargmodes::text[] as argument_modes
from pg_aggregate a
join pg_proc p on p.oid = a.aggfnoid
join pg_namespace n on n.oid = p.pronamespace
left join pg_operator s on s.oid = a.aggsortop
left join pg_namespace sn on sn.oid = s.oprnamespace
left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
