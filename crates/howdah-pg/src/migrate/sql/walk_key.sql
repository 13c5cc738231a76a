-- The columns by which a table can be walked: those of its primary key, or of a unique index on just the columns that are
--   asked for.
-- Parameters: $1 the table as written, $2 the columns asked for, or an empty array.
-- Columns: is_found (there is such a table), columns, types (as SQL), estimate (of rows; null if the server has
--   none). columns is null if there is no such key.
-- Needs PostgreSQL 14.
select
  t.oid is not null as is_found,
  k.columns,
  k.types,
  (
    select sum(c.reltuples)::bigint
    from pg_class c
    where (c.oid = t.oid or c.oid in (select p.relid from pg_partition_tree(t.oid) as p))
      and c.relkind in ('r', 'm')
    having min(c.reltuples) >= 0
  ) as estimate
from (select to_regclass($1)::oid as oid) as t
left join lateral (
  select
    array_agg(a.attname::text order by p.position) as columns,
    array_agg(format_type(a.atttypid, -1) order by p.position) as types
  from (
    select i.*
    from pg_index i
    join pg_class x on x.oid = i.indexrelid
    join pg_am m on m.oid = x.relam
    where i.indrelid = t.oid
      and i.indisunique and i.indisvalid and i.indimmediate
      and i.indpred is null and i.indexprs is null
      and m.amname = 'btree'
      -- Of another order than ORDER BY asks for, it would be of no use, and every batch a scan of the whole table.
      and not exists (
        select from unnest(i.indclass::oid[]) as c (oid) join pg_opclass o on o.oid = c.oid where not o.opcdefault
      )
      and case cardinality($2::text[])
        when 0 then i.indisprimary
        else (
          select array_agg(a.attname::text order by a.attname::text) = (select array_agg(w order by w) from unnest($2::text[]) as w)
            and bool_and(a.attnotnull)
          from pg_attribute a
          where a.attrelid = i.indrelid and a.attnum = any ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
        )
      end
    order by i.indisprimary desc, i.indexrelid
    limit 1
  ) as i
  cross join lateral unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) with ordinality as p (attnum, position)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = p.attnum
) as k on true
