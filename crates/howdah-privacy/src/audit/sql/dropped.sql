-- Purpose: the months that retention has dropped.
-- Columns: partition_name, starts_at and ends_at in microseconds, event_count, last_sequence_number, seals_sha256, key_name,
--   signature, created_at in microseconds, and whether updated_at is created_at.
-- Minimum version: 14
select
  d.partition_name,
  trunc(extract(epoch from d.starts_at) * 1000000)::text,
  trunc(extract(epoch from d.ends_at) * 1000000)::text,
  d.event_count,
  d.last_sequence_number,
  d.seals_sha256::bytea,
  d.key_name,
  d.signature,
  trunc(extract(epoch from d.created_at) * 1000000)::text,
  d.updated_at = d.created_at
from audit.dropped_partitions d
order by d.starts_at
