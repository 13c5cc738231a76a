-- An index by its table and its name.
-- Parameters: $1 the table as written, $2 the name of the index as PostgreSQL reads it.
-- Columns: oid, name (as SQL), is_valid, is_on_table (it is an index of that table), is_being_built.
-- Needs PostgreSQL 14.
select
  c.oid,
  format('%I.%I', n.nspname, c.relname) as name,
  coalesce(i.indisvalid, false) as is_valid,
  coalesce(i.indrelid = t.oid, false) as is_on_table,
  exists (select from pg_stat_progress_create_index p where p.index_relid = c.oid) as is_being_built
from pg_class t
join pg_class c on c.relnamespace = t.relnamespace and c.relname = $2::text::name
join pg_namespace n on n.oid = c.relnamespace
left join pg_index i on i.indexrelid = c.oid
where t.oid = to_regclass($1)
