-- Event triggers. They belong to no schema, so they are read only with all schemas. Howdah's own, which call into its
--   bookkeeping, are no part of what it manages.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, name, event, tags (null for all), function_schema, function_name, enabled (O, D, R, A), owner, comment.
-- Needs PostgreSQL 14.
select
  t.oid,
  t.evtname::text as name,
  t.evtevent::text as event,
  t.evttags as tags,
  pn.nspname::text as function_schema,
  p.proname::text as function_name,
  t.evtenabled::text as enabled,
  pg_get_userbyid(t.evtowner)::text as owner,
  d.description as comment
from pg_event_trigger t
join pg_proc p on p.oid = t.evtfoid
join pg_namespace pn on pn.oid = p.pronamespace
left join pg_description d on d.classoid = 'pg_event_trigger'::regclass and d.objoid = t.oid and d.objsubid = 0
where $1::text[] is null
  and pn.nspname <> 'howdah'
  and not exists (
    select from pg_depend e where e.classid = 'pg_event_trigger'::regclass and e.objid = t.oid and e.deptype = 'e'
  )
