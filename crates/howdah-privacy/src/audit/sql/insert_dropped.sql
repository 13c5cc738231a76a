-- Purpose: vouches for a month before it is dropped; created_at is that of the transaction, which the signature knows.
-- Parameters: $1 text: the partition; $2 and $3 text: its month, in microseconds; $4 bigint: its events; $5 bigint: its last seal;
--   $6 bytea: the digest of its seals; $7 text: the key's name; $8 bytea: the signature.
-- Minimum version: 14
insert into audit.dropped_partitions
  (partition_name, starts_at, ends_at, event_count, last_sequence_number, seals_sha256, key_name, signature)
values
  ($1, to_timestamp($2::text::numeric / 1000000), to_timestamp($3::text::numeric / 1000000), $4, $5, $6::bytea, $7, $8)
