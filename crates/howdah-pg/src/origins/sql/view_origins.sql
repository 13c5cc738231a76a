-- Views with the parsed query of each, and every relation that a view reads, with the names of their columns.
-- Parameters: none.
-- Columns: oid, schema, name, action (the node tree of a view's query; null of a table), columns (text[], by attnum from
--   1; null where a column was dropped).
-- Needs PostgreSQL 14.
select
  c.oid,
  n.nspname::text as schema,
  c.relname::text as name,
  r.ev_action::text as action,
  array(
    select case when not a.attisdropped then a.attname::text end
    from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0
    order by a.attnum
  ) as columns
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN' and c.relkind in ('v', 'm')
where c.relkind in ('r', 'p', 'f', 'v', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  -- A view's rule depends on the view itself, too.
  and c.oid in (
    select d.refobjid
    from pg_depend d
    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
  )
