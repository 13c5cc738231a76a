-- What this role may read of each table, partition, partitioned table and materialized view, and how much there is.
-- Parameters: none.
-- Columns: schema, name, live_rows (estimated; 0 where nobody has looked), pages
--   (estimated, too), may_read (the whole table, or some of its
--   columns), hides_rows (row-level security applies to this role), open_policy (it does, and shows every row: a permissive
--   policy is `true` and no restrictive one applies).
-- Needs PostgreSQL 14.
select
  n.nspname::text as schema,
  c.relname::text as name,
  -- Before its first ANALYZE the server guesses from the size; the cumulative statistics know better.
  (case when c.reltuples >= 0 then c.reltuples else coalesce(s.n_live_tup, 0) end)::bigint as live_rows,
  -- Not pg_relation_size, which waits for a table that is locked.
  greatest(c.relpages, 0)::bigint as pages,
  has_schema_privilege(n.oid, 'usage')
    and (has_table_privilege(c.oid, 'select') or has_any_column_privilege(c.oid, 'select')) as may_read,
  row_security_active(c.oid) as hides_rows,
  row_security_active(c.oid)
    and exists (
      select from pg_policy p
      where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'r')
        and pg_get_expr(p.polqual, p.polrelid) = 'true'
        and (0 = any (p.polroles) or exists (select from unnest(p.polroles) as r (oid) where pg_has_role(r.oid, 'usage')))
    )
    and not exists (
      select from pg_policy p
      where p.polrelid = c.oid and not p.polpermissive and p.polcmd in ('*', 'r')
        and (0 = any (p.polroles) or exists (select from unnest(p.polroles) as r (oid) where pg_has_role(r.oid, 'usage')))
    ) as open_policy
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_all_tables s on s.relid = c.oid
where c.relkind in ('r', 'p', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
