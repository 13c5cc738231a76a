-- Purpose: a page of a month's events with their payload and their seals, in the order of sealing.
-- Parameters: $1 xid8, $2 bigint: transaction and id of the event before; $3 text: the partition; $4 text and $5 text: its month, in
--   microseconds; $6 bigint: how many at the most.
-- Columns: those of event_columns.sql and verified_columns.sql; sequence_number, event_sha256, payload_sha256 and chain_sha256 of the seal.
-- Minimum version: 14
, s.sequence_number, s.event_sha256::bytea, s.payload_sha256::bytea, s.chain_sha256::bytea
from audit.audit_events e
left join audit.seals s on s.event_id = e.id
where (e.xid, e.id) > ($1::xid8, $2::bigint)
  and e.created_at >= to_timestamp($4::text::numeric / 1000000)
  and e.created_at < to_timestamp($5::text::numeric / 1000000)
  and e.tableoid = format('audit.%I', $3::text)::regclass
order by e.xid, e.id, e.created_at
limit $6::bigint
