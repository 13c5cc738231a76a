-- What a catalog does not say of indexes: whether they are kept up, and how they compare.
-- Parameters: none.
-- Columns: schema, table_name, name, is_partitioned, is_valid, is_ready, is_live, is_building (CREATE INDEX is at it now, as far as
--   this role may know), in_recovery_unlogged (nothing of it is there on a standby), usual_equality (its operator classes call
--   equal what the types themselves call equal); for an index with exclusion operators, by key: operator_schemas,
--   operator_names, hashable (an equality that can be joined on); null for others.
-- Needs PostgreSQL 14.
select
  n.nspname::text as schema,
  c.relname::text as table_name,
  ic.relname::text as name,
  ic.relkind = 'I' as is_partitioned,
  i.indisvalid as is_valid,
  i.indisready as is_ready,
  i.indislive as is_live,
  exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid) as is_building,
  pg_is_in_recovery() and ic.relpersistence = 'u' as in_recovery_unlogged,
  not exists (
    select from unnest(i.indclass::oid[]) as u (oid)
    join pg_opclass o on o.oid = u.oid
    join pg_opfamily f on f.oid = o.opcfamily
    where not o.opcdefault
      and f.opfname not in ('text_ops', 'text_pattern_ops', 'bpchar_ops', 'bpchar_pattern_ops')
  ) as usual_equality,
  x.operator_schemas,
  x.operator_names,
  x.hashable
from pg_index i
join pg_class ic on ic.oid = i.indexrelid
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
left join lateral (
  select
    array_agg(opn.nspname::text order by u.place) as operator_schemas,
    array_agg(op.oprname::text order by u.place) as operator_names,
    array_agg(op.oprcanhash order by u.place) as hashable
  from pg_constraint k
  cross join lateral unnest(k.conexclop) with ordinality as u (operator, place)
  join pg_operator op on op.oid = u.operator
  join pg_namespace opn on opn.oid = op.oprnamespace
  where k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
) as x on true
where c.relkind in ('r', 'p', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
