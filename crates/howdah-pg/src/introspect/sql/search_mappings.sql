-- What text-search configurations do with each kind of token, in the order in which the dictionaries are asked.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: configuration (oid), token, schema, name (of the dictionary).
-- Needs PostgreSQL 14.
select
  m.mapcfg as configuration,
  k.alias as token,
  dn.nspname::text as schema,
  t.dictname::text as name
from pg_ts_config c
join pg_namespace n on n.oid = c.cfgnamespace
join pg_ts_config_map m on m.mapcfg = c.oid
join lateral ts_token_type(c.cfgparser) as k on k.tokid = m.maptokentype
join pg_ts_dict t on t.oid = m.mapdict
join pg_namespace dn on dn.oid = t.dictnamespace
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
order by m.mapcfg, m.maptokentype, m.mapseqno
