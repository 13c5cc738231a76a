-- Purpose: the checkpoints of a piece of the chain.
-- Parameters: $1 bigint: the number before; $2 bigint: the last one wanted.
-- Columns: id, sequence_number, previous_number, chain_sha256, key_name, signature, created_at in microseconds, anchor,
--   anchored_at and updated_at in microseconds, and whether there is such a seal.
-- Minimum version: 14
select
  c.id::text,
  c.sequence_number,
  c.previous_number,
  c.chain_sha256::bytea,
  c.key_name,
  c.signature,
  trunc(extract(epoch from c.created_at) * 1000000)::text,
  c.anchor,
  trunc(extract(epoch from c.anchored_at) * 1000000)::text,
  trunc(extract(epoch from c.updated_at) * 1000000)::text,
  exists (select from audit.seals s where s.sequence_number = c.sequence_number)
from audit.checkpoints c
where c.sequence_number > $1::bigint and c.sequence_number <= $2::bigint
order by c.sequence_number, c.created_at, c.id
