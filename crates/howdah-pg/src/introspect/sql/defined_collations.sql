-- Collations that a schema defines.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, owner, provider (d, c, i, b), lc_collate, lc_ctype, locale, deterministic, rules, comment.
--   Where the locale of ICU stands depends on the version: before PostgreSQL 15 in lc_collate, later in locale.
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist.
select
  l.oid,
  n.nspname::text as schema,
  l.collname::text as name,
  pg_get_userbyid(l.collowner)::text as owner,
  l.collprovider::text as provider,
  l.collcollate::text as lc_collate,
  l.collctype::text as lc_ctype,
  coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale') as locale,
  l.collisdeterministic as deterministic,
  to_jsonb(l) ->> 'collicurules' as rules,
  d.description as comment
from pg_collation l
join pg_namespace n on n.oid = l.collnamespace
left join pg_description d on d.classoid = 'pg_collation'::regclass and d.objoid = l.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (
    select from pg_depend e where e.classid = 'pg_collation'::regclass and e.objid = l.oid and e.deptype = 'e'
  )
