-- Who holds the migration lock of this database.
-- Parameters: $1 bigint: the lock's key.
-- Columns: pid, application_name, since (how long its session has lasted, as text).
-- Needs PostgreSQL 14.
select l.pid, coalesce(a.application_name, '') as application_name,
  coalesce(date_trunc('second', now() - a.backend_start)::text, '') as since
from pg_locks l
left join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory'
  and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and l.objsubid = 1
  and l.classid = ($1::bigint >> 32)::oid
  and l.objid = ($1::bigint & 4294967295)::oid
