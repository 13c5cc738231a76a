-- The server's version.
-- Parameters: $1 text[]: not looked at.
-- Columns: number (150004 for 15.4).
-- Needs PostgreSQL 14.
select current_setting('server_version_num')::int as number where $1::text[] is null or true
