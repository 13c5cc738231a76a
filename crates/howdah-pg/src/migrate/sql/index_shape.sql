-- All that makes an index what it is, but for its name, its table's and its tablespace, as text to be compared.
-- Parameters: $1 the oid of the index.
-- Columns: shape.
-- Needs PostgreSQL 14.
select jsonb_build_object(
  'unique', i.indisunique,
  'nulls not distinct', to_jsonb(i) -> 'indnullsnotdistinct',
  'keys', i.indnkeyatts,
  'columns', (
    select jsonb_agg(pg_get_indexdef(i.indexrelid, k, false) order by k) from generate_series(1, i.indnatts) as k
  ),
  'directions', i.indoption::text,
  'classes', i.indclass::text,
  'collations', i.indcollation::text,
  'condition', pg_get_expr(i.indpred, i.indrelid),
  'method', m.amname,
  'options', c.reloptions
)::text as shape
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_am m on m.oid = c.relam
where i.indexrelid = $1::oid
