-- Columns of tables and views, and attributes of composite types, in their order.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: relation (oid), number (attnum; dropped ones leave gaps), name, type (oid), type_sql, not_null, default_oid,
--   default_sql (both also of a generated column), identity ('', a, d), generated ('', s, v), collation (oid),
--   collation_schema, collation_name, storage, compression ('' for the default), statistics, options (name=value each), inherited,
--   acl (aclitem[] as text; null for none), comment.
--   Collation, storage, statistics are null where they are the type's or the server's default.
-- Needs PostgreSQL 14.
select
  a.attrelid as relation,
  a.attnum as number,
  a.attname::text as name,
  a.atttypid as type,
  format_type(a.atttypid, a.atttypmod) as type_sql,
  a.attnotnull as not_null,
  v.oid as default_oid,
  case when a.atthasdef then pg_get_expr(v.adbin, v.adrelid) end as default_sql,
  a.attidentity::text as identity,
  a.attgenerated::text as generated,
  a.attcollation as collation,
  ln.nspname::text as collation_schema,
  l.collname::text as collation_name,
  case when a.attstorage <> t.typstorage then case a.attstorage
    when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended'
  end end as storage,
  a.attcompression::text as compression,
  nullif(a.attstattarget, -1)::int as statistics,
  a.attoptions as options,
  -- A dump makes partitions by ATTACH, which leaves their columns marked as local; that is no difference.
  case when c.relispartition then a.attinhcount > 0 else a.attinhcount > 0 and not a.attislocal end as inherited,
  a.attacl::text as acl,
  d.description as comment
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_attrdef v on a.atthasdef and v.adrelid = a.attrelid and v.adnum = a.attnum
left join pg_collation l on l.oid = a.attcollation and a.attcollation <> t.typcollation
left join pg_namespace ln on ln.oid = l.collnamespace
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'c')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
order by a.attrelid, a.attnum
