-- Tables, partitioned tables, views and materialized views.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, schema, name, kind (r, p, v, m), owner, acl (aclitem[] as text; null for the default), comment,
--   unlogged, row_security, force_row_security, replica_identity (d, n, f, i), replica_index, options, toast_options
--   (name=value each), tablespace and access_method (null for the default), partition_key, partition_bound,
--   parents (qualified and quoted, in order), view_definition.
-- Needs PostgreSQL 14.
select
  c.oid,
  n.nspname::text as schema,
  c.relname::text as name,
  c.relkind::text as kind,
  pg_get_userbyid(c.relowner)::text as owner,
  c.relacl::text as acl,
  d.description as comment,
  c.relpersistence = 'u' as unlogged,
  c.relrowsecurity as row_security,
  c.relforcerowsecurity as force_row_security,
  c.relreplident::text as replica_identity,
  case when c.relreplident = 'i' then (
    select ic.relname::text from pg_index i join pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisreplident
  ) end as replica_index,
  c.reloptions as options,
  tc.reloptions as toast_options,
  s.spcname::text as tablespace,
  case when a.amname <> 'heap' then a.amname::text end as access_method,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_key,
  pg_get_expr(c.relpartbound, c.oid) as partition_bound,
  case when c.relkind in ('r', 'p') then array(
    select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = c.oid order by h.inhseqno
  ) end as parents,
  case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as view_definition
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_class tc on tc.oid = c.reltoastrelid
left join pg_tablespace s on s.oid = c.reltablespace
left join pg_am a on a.oid = c.relam
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where c.relkind in ('r', 'p', 'v', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
