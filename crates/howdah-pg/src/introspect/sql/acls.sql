-- The distinct privilege lists, one row for each privilege: a thousand tables usually share a handful of lists.
-- The built-in default of each kind and owner is among them, with a null list.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: kind (as acldefault knows it: r, s, f, T, n, c), owner, acl (as text; null for the default), grantee (`public` for
--   everyone), privilege, grantor, grantable. A list without any privilege has one row whose privilege is null.
-- Needs PostgreSQL 14.
with
spaces as materialized (
  select n.oid from pg_namespace n
  where n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and ($1::text[] is null or n.nspname = any ($1))
),
lists as (
  select case c.relkind when 'S' then 's' else 'r' end as kind, c.relowner as owner, c.relacl as acl
  from pg_class c
  where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relnamespace in (select oid from spaces)
  union
  select 'c', c.relowner, a.attacl
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where a.attacl is not null and c.relnamespace in (select oid from spaces)
  union
  select 'f', p.proowner, p.proacl from pg_proc p where p.pronamespace in (select oid from spaces)
  union
  select 'T', t.typowner, t.typacl from pg_type t
  where t.typtype in ('d', 'e', 'c', 'r') and t.typnamespace in (select oid from spaces)
  union
  select 'n', n.nspowner, n.nspacl from pg_namespace n where n.oid in (select oid from spaces)
),
with_defaults as (
  select * from lists
  union
  select kind, owner, null from lists
)
select
  w.kind,
  pg_get_userbyid(w.owner)::text as owner,
  w.acl::text as acl,
  case when x.grantee = 0 then 'public' else pg_get_userbyid(x.grantee)::text end as grantee,
  x.privilege_type as privilege,
  pg_get_userbyid(x.grantor)::text as grantor,
  x.is_grantable as grantable
from with_defaults w
left join lateral aclexplode(coalesce(w.acl, acldefault(w.kind::"char", w.owner))) as x on true
