-- Purpose: how far the trail is sealed, and what waits.
-- Parameters: $1 bigint: count no more than so many that wait.
-- Columns: the last seal's number, digest and time; how many committed events wait; the age of the oldest in seconds;
--   the last checkpoint's number, its age in seconds and the key that signed it.
-- Minimum version: 14
select
  coalesce(s.sequence_number, 0),
  s.chain_sha256::bytea,
  to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  w.waiting,
  extract(epoch from clock_timestamp() - w.oldest)::float8,
  c.sequence_number,
  extract(epoch from clock_timestamp() - c.created_at)::float8,
  c.key_name
from (select) as one
left join lateral (
  select * from audit.seals order by sequence_number desc limit 1
) as s on true
left join lateral (
  select * from audit.checkpoints order by sequence_number desc limit 1
) as c on true
cross join lateral (
  select count(*) as waiting, min(n.created_at) as oldest
  from (
    select e.created_at
    from audit.audit_events e
    where (e.xid, e.id) > (coalesce(s.event_xid, '0'::xid8), coalesce(s.event_id, 0))
    order by e.xid, e.id
    limit $1::bigint
  ) as n
) as w
