-- Purpose: a page of events for an export, in the order of sealing.
-- Parameters: $1 text, $2 bigint: transaction and id of the event before; $3 bigint: how many at the most; $4 and $5 text: the period
--   as timestamps, from and (exclusive) until; $6 text: the table; $7 text: the pseudonym of whom it is about. NULL is any.
-- Columns: those of export_columns.sql.
-- Minimum version: 14
where (e.xid, e.id) > ($1::text::xid8, $2::bigint)
  and e.created_at >= coalesce($4::text::timestamptz, '-infinity')
  and e.created_at < coalesce($5::text::timestamptz, 'infinity')
  and ($6::text is null or e.resource_type = $6::text)
  and ($7::text is null or e.subject_id = $7::text::uuid)
order by e.xid, e.id
limit $3::bigint
