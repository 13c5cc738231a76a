-- The server's version, and who asks.
-- Parameters: $1 text[]: not looked at.
-- Columns: number (150004 for 15.4), current_role.
-- Needs PostgreSQL 14.
select current_setting('server_version_num')::int as number, current_user::text as current_role where $1::text[] is null or true
