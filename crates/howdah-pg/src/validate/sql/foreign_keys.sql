-- How foreign keys compare, which their catalog entries know and their definitions do not say.
-- Parameters: none.
-- Columns: schema, table_name, name; for each column in the order of the constraint: operator_schemas and operator_names
--   (referenced on the left), collation_schemas and collation_names (to compare under, where both sides differ; null where
--   there is nothing to choose); has_period: the last column is a PERIOD (PostgreSQL 18).
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist.
select
  n.nspname::text as schema,
  c.relname::text as table_name,
  k.conname::text as name,
  array_agg(opn.nspname::text order by u.place) as operator_schemas,
  array_agg(op.oprname::text order by u.place) as operator_names,
  array_agg(case when pa.attcollation <> fa.attcollation then cn.nspname::text end order by u.place) as collation_schemas,
  array_agg(case when pa.attcollation <> fa.attcollation then co.collname::text end order by u.place) as collation_names,
  coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false) as has_period
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
cross join lateral unnest(k.conpfeqop, k.confkey, k.conkey) with ordinality as u (operator, referenced, referencing, place)
join pg_operator op on op.oid = u.operator
join pg_namespace opn on opn.oid = op.oprnamespace
join pg_attribute pa on pa.attrelid = k.confrelid and pa.attnum = u.referenced
join pg_attribute fa on fa.attrelid = k.conrelid and fa.attnum = u.referencing
left join pg_collation co on co.oid = pa.attcollation
left join pg_namespace cn on cn.oid = co.collnamespace
where k.contype = 'f'
group by k.oid, n.nspname, c.relname, k.conname, to_jsonb(k) ->> 'conperiod'
