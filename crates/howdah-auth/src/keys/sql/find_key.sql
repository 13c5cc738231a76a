-- An API key.
-- Parameters: $1 its id or NULL, $2 its prefix or NULL.
-- Columns: see columns.sql, which stands between the two halves of the statement, behind the word select.
-- PostgreSQL 14 and newer.
from auth.api_keys as k
where k.id = $1::uuid or k.prefix = $2::text
