-- What a key is found by.
-- Parameters: $1 its id.
-- Columns: prefix. PostgreSQL 14 and newer.
select k.prefix from auth.api_keys as k where k.id = $1::uuid
