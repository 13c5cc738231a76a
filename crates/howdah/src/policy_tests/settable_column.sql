-- Purpose: a column of a table that a role may set by UPDATE, for trying whether it reaches rows.
-- Parameters: $1 text, the table, quoted where needed and with its schema; $2 text, the role.
-- Columns: name (text); no row if there is none.
-- Minimum version: PostgreSQL 14.
select a.attname::text as name
from pg_catalog.pg_attribute a
where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = '' and a.attidentity <> 'a'
  and pg_catalog.has_column_privilege($2::text, a.attrelid, a.attnum, 'UPDATE')
  and pg_catalog.has_column_privilege($2::text, a.attrelid, a.attnum, 'SELECT')
order by a.attnum
limit 1
