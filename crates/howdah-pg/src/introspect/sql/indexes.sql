-- Indexes of tables and materialized views.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: relation (oid), name, method, is_unique, is_valid, is_clustered, nulls_not_distinct, definition, predicate,
--   constraint_name (the constraint that it serves), parent (qualified and quoted), options (name=value each),
--   tablespace (null for the default), comment, includes; and one entry for each key: key_columns (null for an expression),
--   key_expressions (null for a column), opclasses and collations (null for the default, else qualified and quoted),
--   flags (1 descending, 2 nulls first).
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist.
select
  i.indrelid as relation,
  ic.relname::text as name,
  m.amname::text as method,
  i.indisunique as is_unique,
  i.indisvalid as is_valid,
  i.indisclustered as is_clustered,
  i.indisunique and coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as nulls_not_distinct,
  pg_get_indexdef(i.indexrelid) as definition,
  pg_get_expr(i.indpred, i.indrelid) as predicate,
  k.conname::text as constraint_name,
  case when ic.relispartition then (
    select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = ic.oid
  ) end as parent,
  ic.reloptions as options,
  s.spcname::text as tablespace,
  d.description as comment,
  keys.*
from pg_index i
join pg_class ic on ic.oid = i.indexrelid
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_am m on m.oid = ic.relam
left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u', 'x')
left join pg_tablespace s on s.oid = ic.reltablespace
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = i.indexrelid and d.objsubid = 0
cross join lateral (
  select
    array_agg(a.attname::text order by p.place) filter (where p.place <= i.indnkeyatts) as key_columns,
    array_agg(
      case when i.indkey[p.place - 1] = 0 then pg_get_indexdef(i.indexrelid, p.place, false) end order by p.place
    ) filter (where p.place <= i.indnkeyatts) as key_expressions,
    array_agg(
      case when not o.opcdefault then quote_ident(opn.nspname) || '.' || quote_ident(o.opcname) end order by p.place
    ) filter (where p.place <= i.indnkeyatts) as opclasses,
    array_agg(
      case when i.indcollation[p.place - 1] not in (0, ia.attcollation_of_key)
        then quote_ident(ln.nspname) || '.' || quote_ident(l.collname) end order by p.place
    ) filter (where p.place <= i.indnkeyatts) as collations,
    array_agg(i.indoption[p.place - 1] order by p.place) filter (where p.place <= i.indnkeyatts) as flags,
    array_agg(a.attname::text order by p.place) filter (where p.place > i.indnkeyatts) as includes
  from generate_series(1, i.indnatts) as p (place)
  left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[p.place - 1] and a.attnum > 0
  left join lateral (
    -- A key over an expression has the collation of its type unless another is given.
    select coalesce(a.attcollation, t.typcollation) as attcollation_of_key
    from pg_attribute x join pg_type t on t.oid = x.atttypid
    where x.attrelid = i.indexrelid and x.attnum = p.place
  ) as ia on true
  left join pg_opclass o on p.place <= i.indnkeyatts and o.oid = i.indclass[p.place - 1]
  left join pg_namespace opn on opn.oid = o.opcnamespace
  left join pg_collation l on p.place <= i.indnkeyatts and l.oid = i.indcollation[p.place - 1]
  left join pg_namespace ln on ln.oid = l.collnamespace
) as keys
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
