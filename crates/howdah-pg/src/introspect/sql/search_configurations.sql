-- Text-search configurations.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, owner, parser_schema, parser_name, comment.
-- Needs PostgreSQL 14.
select
  t.oid,
  n.nspname::text as schema,
  t.cfgname::text as name,
  pg_get_userbyid(t.cfgowner)::text as owner,
  pn.nspname::text as parser_schema,
  p.prsname::text as parser_name,
  d.description as comment
from pg_ts_config t
join pg_namespace n on n.oid = t.cfgnamespace
join pg_ts_parser p on p.oid = t.cfgparser
join pg_namespace pn on pn.oid = p.prsnamespace
left join pg_description d on d.classoid = 'pg_ts_config'::regclass and d.objoid = t.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_ts_config'::regclass and e.objid = t.oid and e.deptype = 'e'
  )
