-- Purpose: what has come since a place, and can have nothing come before it any more.
-- Parameters: $1 text, $2 bigint: transaction and id of the event before; $3 bigint: how many at the most.
-- Columns: those of export_columns.sql.
-- Minimum version: 14
where (e.xid, e.id) > ($1::text::xid8, $2::bigint)
  and e.xid < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid, e.id
limit $3::bigint
