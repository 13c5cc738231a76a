-- Purpose: adds a checkpoint; its created_at is that of the transaction, which its signature knows.
-- Parameters: $1 uuid id; $2 bigint its seal; $3 bigint the checkpoint before, 0 if none; $4 bytea the seal's digest;
--   $5 text the key's name; $6 bytea the signature.
-- Minimum version: 14
insert into audit.checkpoints (id, sequence_number, previous_number, chain_sha256, key_name, signature)
values ($1, $2, $3, $4::bytea, $5, $6)
