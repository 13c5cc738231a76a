-- Operators.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, left_type, right_type (as SQL; null where there is no operand), owner, function, restrict_function,
--   join_function (qualified and quoted; null for none), commutator_schema, commutator_name, negator_schema, negator_name,
--   can_hash, can_merge, comment.
-- Needs PostgreSQL 14.
select
  o.oid,
  n.nspname::text as schema,
  o.oprname::text as name,
  case when o.oprleft <> 0 then format_type(o.oprleft, null) end as left_type,
  case when o.oprright <> 0 then format_type(o.oprright, null) end as right_type,
  pg_get_userbyid(o.oprowner)::text as owner,
  o.oprcode::text as function,
  case when o.oprrest <> 0 then o.oprrest::text end as restrict_function,
  case when o.oprjoin <> 0 then o.oprjoin::text end as join_function,
  cn.nspname::text as commutator_schema,
  c.oprname::text as commutator_name,
  gn.nspname::text as negator_schema,
  g.oprname::text as negator_name,
  o.oprcanhash as can_hash,
  o.oprcanmerge as can_merge,
  d.description as comment
from pg_operator o
join pg_namespace n on n.oid = o.oprnamespace
left join pg_operator c on c.oid = o.oprcom
left join pg_namespace cn on cn.oid = c.oprnamespace
left join pg_operator g on g.oid = o.oprnegate
left join pg_namespace gn on gn.oid = g.oprnamespace
left join pg_description d on d.classoid = 'pg_operator'::regclass and d.objoid = o.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  -- One without a function was named as the commutator or negator of another and never made.
  and o.oprcode <> 0
  and not exists (
    select from pg_depend e where e.classid = 'pg_operator'::regclass and e.objid = o.oid and e.deptype = 'e'
  )
