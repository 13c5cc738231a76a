-- How many connections the server, this database and this role have for everybody together.
-- Parameters: none.
-- Columns: room.
-- Needs PostgreSQL 14. No rights.
select
  least(
    current_setting('max_connections')::integer
      - current_setting('superuser_reserved_connections')::integer
      - coalesce(current_setting('reserved_connections', true), '0')::integer,
    (select nullif(d.datconnlimit, -1) from pg_database d where d.datname = current_database()),
    (select nullif(r.rolconnlimit, -1) from pg_roles r where r.rolname = session_user)
  ) as room
