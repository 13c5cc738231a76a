-- Publications. They belong to no schema, so they are read only with all schemas.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, name, owner, all_tables, sends_insert, sends_update, sends_delete, sends_truncate, via_root,
--   generated_columns (n, s; null before PostgreSQL 18), schemas (all of whose tables it publishes), comment.
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist; the
-- catalog of schemas (OID 6237), which is missing in 14, through the dependencies of its rows.
select
  p.oid,
  p.pubname::text as name,
  pg_get_userbyid(p.pubowner)::text as owner,
  p.puballtables as all_tables,
  p.pubinsert as sends_insert,
  p.pubupdate as sends_update,
  p.pubdelete as sends_delete,
  p.pubtruncate as sends_truncate,
  p.pubviaroot as via_root,
  to_jsonb(p) ->> 'pubgencols' as generated_columns,
  array(
    select n.nspname::text
    from pg_depend a
    join pg_depend b on b.classid = a.classid and b.objid = a.objid and b.refclassid = 'pg_namespace'::regclass
    join pg_namespace n on n.oid = b.refobjid
    where a.classid = 6237 and a.refclassid = 'pg_publication'::regclass and a.refobjid = p.oid
  ) as schemas,
  d.description as comment
from pg_publication p
left join pg_description d on d.classoid = 'pg_publication'::regclass and d.objoid = p.oid and d.objsubid = 0
where $1::text[] is null
  and not exists (
    select from pg_depend e where e.classid = 'pg_publication'::regclass and e.objid = p.oid and e.deptype = 'e'
  )
