-- Purpose: the months that retention lets go: all of it is older than so many days.
-- Parameters: $1 integer: days.
-- Columns: the partition; the beginning and the end of its month, in microseconds and in words; how many events it holds.
-- Minimum version: 14
select
  m.partition_name,
  trunc(extract(epoch from m.starts_at) * 1000000)::text,
  trunc(extract(epoch from m.ends_at) * 1000000)::text,
  to_char(m.starts_at at time zone 'UTC', 'YYYY-MM'),
  (select count(*) from audit.audit_events e
   where e.created_at >= m.starts_at and e.created_at < m.ends_at and e.tableoid = m.partition)
from (
  select
    c.oid as partition,
    c.relname::text as partition_name,
    b.starts_at,
    (b.starts_at at time zone 'UTC' + interval '1 month') at time zone 'UTC' as ends_at
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relname ~ '^audit_events_[0-9]{4}_(0[1-9]|1[0-2])$'
  cross join lateral (
    select make_timestamptz(substr(c.relname, 14, 4)::integer, substr(c.relname, 19, 2)::integer, 1, 0, 0, 0, 'UTC')
  ) as b (starts_at)
  where i.inhparent = 'audit.audit_events'::regclass
) as m
where m.ends_at <= now() - make_interval(days => $1::integer)
order by m.starts_at
