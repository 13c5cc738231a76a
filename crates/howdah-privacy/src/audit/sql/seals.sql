-- Purpose: a page of seals in the order of the chain.
-- Parameters: $1 bigint: the number before; $2 bigint: the last one wanted; $3 bigint: how many at the most.
-- Columns: sequence_number, event_id, event_created_at and created_at in microseconds, event_xid, the digests of the event, its payload and
--   the chain, and whether
--   updated_at is created_at.
-- Minimum version: 14
select
  s.sequence_number,
  s.event_id,
  trunc(extract(epoch from s.event_created_at) * 1000000)::text,
  s.event_xid::text,
  s.event_sha256::bytea,
  s.payload_sha256::bytea,
  s.chain_sha256::bytea,
  trunc(extract(epoch from s.created_at) * 1000000)::text,
  s.updated_at = s.created_at
from audit.seals s
where s.sequence_number > $1::bigint and s.sequence_number <= $2::bigint
order by s.sequence_number
limit $3::bigint
