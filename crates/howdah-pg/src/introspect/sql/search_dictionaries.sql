-- Text-search dictionaries.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, owner, template_schema, template_name, options (as in CREATE TEXT SEARCH DICTIONARY; null for
--   none), comment.
-- Needs PostgreSQL 14.
select
  t.oid,
  n.nspname::text as schema,
  t.dictname::text as name,
  pg_get_userbyid(t.dictowner)::text as owner,
  mn.nspname::text as template_schema,
  m.tmplname::text as template_name,
  t.dictinitoption as options,
  d.description as comment
from pg_ts_dict t
join pg_namespace n on n.oid = t.dictnamespace
join pg_ts_template m on m.oid = t.dicttemplate
join pg_namespace mn on mn.oid = m.tmplnamespace
left join pg_description d on d.classoid = 'pg_ts_dict'::regclass and d.objoid = t.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_ts_dict'::regclass and e.objid = t.oid and e.deptype = 'e'
  )
