-- Rows and bytes of every table and materialized view. A partitioned table's are those of its partitions, however deep.
with recursive tree as (
  select c.oid as root, c.oid as part
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm')
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  union all
  select t.root, i.inhrelid
  from tree t
  join pg_class parent on parent.oid = t.part and parent.relkind = 'p'
  join pg_inherits i on i.inhparent = t.part
)
select
  n.nspname::text as schema,
  c.relname::text as name,
  -- Before its first ANALYZE the server guesses from the size; the cumulative statistics know better.
  sum(case when p.reltuples >= 0 then p.reltuples else coalesce(s.n_live_tup, 0) end)::bigint as rows,
  sum(pg_total_relation_size(p.oid))::bigint as bytes
from tree t
join pg_class c on c.oid = t.root
join pg_namespace n on n.oid = c.relnamespace
join pg_class p on p.oid = t.part and p.relkind in ('r', 'm')
left join pg_stat_all_tables s on s.relid = p.oid
group by 1, 2
