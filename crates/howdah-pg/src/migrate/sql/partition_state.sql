-- Whether a table is a partition of another, and whether its detaching was begun.
-- Parameters: $1 the parent and $2 the partition, as written.
-- Columns: is_pending. No row: it is none, or there is no such table.
-- Needs PostgreSQL 14.
select i.inhdetachpending as is_pending
from pg_inherits i
where i.inhparent = to_regclass($1) and i.inhrelid = to_regclass($2)
