-- Purpose: adds seals to the chain; their created_at is that of the transaction, which their digests know.
-- Parameters: $1 bigint[] sequence numbers; $2 bigint[] ids, $3 text[] times, as the session prints them, and $4 text[] transactions of
--   the events; $5 bytea[] digests of the events; $6 bytea[] digests of the chain.
-- Minimum version: 14
insert into audit.seals (sequence_number, event_id, event_created_at, event_xid, event_sha256, chain_sha256)
select s.sequence_number, s.event_id, s.event_created_at::timestamptz, s.event_xid::xid8, s.event_sha256, s.chain_sha256
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bytea[])
  as s (sequence_number, event_id, event_created_at, event_xid, event_sha256, chain_sha256)
