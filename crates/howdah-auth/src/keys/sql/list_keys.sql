-- API keys, the newest first.
-- Parameters: $1 the account whose keys they are, NULL for all.
-- Columns: see columns.sql, which stands between the two halves of the statement, behind the word select.
-- PostgreSQL 14 and newer.
from auth.api_keys as k
where $1::uuid is null or k.user_id = $1::uuid
order by k.created_at desc, k.id
limit 1000
