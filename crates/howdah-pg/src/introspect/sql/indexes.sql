-- Indexes of tables and materialized views. Columns, operator classes and collations come as numbers, which the caller
-- knows from other queries: looking them up here for each key would take most of the time of all queries.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, relation (oid), relation_name (qualified and quoted), name, method, can_order, is_unique, is_valid, is_clustered,
--   nulls_not_distinct, is_partitioned, predicate, constraint_name (the constraint that it serves), parent (qualified and
--   quoted), options (name=value each), tablespace (null for the default), comment; key_count, columns (attnum, 0 for an
--   expression; after the keys those that are only included); and for each key: opclasses, collations (oid, 0 for none),
--   flags (1 descending, 2 nulls first), expressions (null if there are none);
--   definition: null where it follows from the rest; chosen (attnums with a statistics target of their own) and targets, null
--   for none.
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist.
select
  i.indexrelid as oid,
  i.indrelid as relation,
  i.indrelid::regclass::text as relation_name,
  ic.relname::text as name,
  m.amname::text as method,
  m.amname = 'btree' or pg_indexam_has_property(m.oid, 'can_order') as can_order,
  i.indisunique as is_unique,
  i.indisvalid as is_valid,
  i.indisclustered as is_clustered,
  i.indisunique and coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_not_distinct,
  ic.relkind = 'I' as is_partitioned,
  pg_get_expr(i.indpred, i.indrelid) as predicate,
  k.conname::text as constraint_name,
  case when ic.relispartition then (
    select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = ic.oid
  ) end as parent,
  ic.reloptions as options,
  s.spcname::text as tablespace,
  d.description as comment,
  i.indnkeyatts as key_count,
  i.indkey::int2[] as columns,
  i.indclass::oid[] as opclasses,
  i.indcollation::oid[] as collations,
  i.indoption::int2[] as flags,
  case when i.indexprs is not null then array(
    select case when i.indkey[place - 1] = 0 then pg_get_indexdef(i.indexrelid, place, false) end
    from generate_series(1, i.indnkeyatts) as place
    order by place
  ) end as expressions,
  case when i.indexprs is not null or ic.reloptions is not null or s.oid is not null
    -- Parameters of operator classes.
    or i.indexrelid in (select a.attrelid from pg_attribute a where a.attoptions is not null)
    then pg_get_indexdef(i.indexrelid) end as definition,
  t.chosen,
  t.targets
from pg_index i
join pg_class ic on ic.oid = i.indexrelid
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_am m on m.oid = ic.relam
left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
left join pg_tablespace s on s.oid = ic.reltablespace
left join (
  select a.attrelid, array_agg(a.attnum) as chosen, array_agg(a.attstattarget::int) as targets
  from pg_attribute a
  -- Later versions have null for the default, earlier ones -1.
  where a.attstattarget >= 0 and a.attnum > 0
  group by a.attrelid
) as t on t.attrelid = i.indexrelid
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = i.indexrelid and d.objsubid = 0
where c.relkind in ('r', 'p', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
