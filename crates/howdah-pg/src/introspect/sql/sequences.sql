-- Sequences, those behind identity columns too.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, owner, acl (aclitem[] as text; null for the default), comment, data_type, start_value, increment,
--   min_value, max_value, cache, cycle, unlogged; for one that belongs to a column: is_identity, owner_relation (oid),
--   owner_table (qualified and quoted), owner_number (attnum), owner_column.
-- Needs PostgreSQL 14.
select
  c.oid,
  n.nspname::text as schema,
  c.relname::text as name,
  pg_get_userbyid(c.relowner)::text as owner,
  c.relacl::text as acl,
  d.description as comment,
  format_type(s.seqtypid, null) as data_type,
  s.seqstart as start_value,
  s.seqincrement as increment,
  s.seqmin as min_value,
  s.seqmax as max_value,
  s.seqcache as cache,
  s.seqcycle as cycle,
  c.relpersistence = 'u' as unlogged,
  o.deptype = 'i' as is_identity,
  o.refobjid as owner_relation,
  o.refobjid::regclass::text as owner_table,
  o.refobjsubid as owner_number,
  a.attname::text as owner_column
from pg_class c
join pg_sequence s on s.seqrelid = c.oid
join pg_namespace n on n.oid = c.relnamespace
left join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = c.oid and o.objsubid = 0
  and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0 and o.deptype in ('a', 'i')
left join pg_attribute a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where c.relkind = 'S'
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
