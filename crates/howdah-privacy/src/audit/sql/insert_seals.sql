-- Purpose: adds seals to the chain; their created_at is that of the transaction, which their digests know.
-- Parameters: $1 bigint[] sequence numbers; $2 bigint[] ids, $3 timestamptz[] times, and $4 xid8[] transactions of the events;
--   $5 bytea[] digests of the events; $6 bytea[] digests of their payloads, NULL where it has been taken out; $7 bytea[] digests
--   of the chain.
-- Minimum version: 14
insert into audit.seals
  (sequence_number, event_id, event_created_at, event_xid, event_sha256, payload_sha256, chain_sha256)
select
  s.sequence_number, s.event_id, s.event_created_at, s.event_xid, s.event_sha256, s.payload_sha256, s.chain_sha256
from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::xid8[], $5::bytea[], $6::bytea[], $7::bytea[])
  as s (sequence_number, event_id, event_created_at, event_xid, event_sha256, payload_sha256, chain_sha256)
