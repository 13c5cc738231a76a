-- Objects of kinds that the catalog has no type for, by name, so that nothing is passed over in silence.
-- Parameters: $1 text[]: schemas to read, or null for all. What belongs to no schema is read only when it is null.
-- Columns: kind, name (as pg_identify_object prints them).
-- Needs PostgreSQL 14.
with
spaces as materialized (
  select n.oid from pg_namespace n
  where n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and ($1::text[] is null or n.nspname = any ($1))
),
objects as (
  -- Foreign tables; and tables made OF a type.
  select 'pg_class'::regclass::oid as class, oid from pg_class
  where (relkind = 'f' or (relkind in ('r', 'p') and reloftype <> 0)) and relnamespace in (select oid from spaces)
  union all
  -- Base types, which are no arrays; and shells of types to come.
  select 'pg_type'::regclass, t.oid from pg_type t
  where t.typnamespace in (select oid from spaces)
    and t.typtype in ('b', 'p') and not exists (select from pg_type e where e.typarray = t.oid)
  union all
  -- Operators that another names as its commutator or negator and that were never made.
  select 'pg_operator'::regclass, oid from pg_operator where oprcode = 0 and oprnamespace in (select oid from spaces)
  union all
  select 'pg_conversion'::regclass, oid from pg_conversion where connamespace in (select oid from spaces)
  union all
  select 'pg_ts_parser'::regclass, oid from pg_ts_parser where prsnamespace in (select oid from spaces)
  union all
  select 'pg_ts_template'::regclass, oid from pg_ts_template where tmplnamespace in (select oid from spaces)
  union all
  -- 16384 is the first OID that the system does not use for itself.
  select 'pg_language'::regclass, oid from pg_language where $1::text[] is null and oid >= 16384
  union all
  select 'pg_am'::regclass, oid from pg_am where $1::text[] is null and oid >= 16384
  union all
  select 'pg_transform'::regclass, oid from pg_transform where $1::text[] is null and oid >= 16384
  union all
  select 'pg_subscription'::regclass, s.oid from pg_subscription s
  where $1::text[] is null and s.subdbid = (select d.oid from pg_database d where d.datname = current_database())
  union all
  select 'pg_foreign_data_wrapper'::regclass, oid from pg_foreign_data_wrapper where $1::text[] is null
  union all
  select 'pg_foreign_server'::regclass, oid from pg_foreign_server where $1::text[] is null
  union all
  select 'pg_user_mapping'::regclass, umid from pg_user_mappings where $1::text[] is null
)
select i.type as kind, i.identity as name
from objects o
cross join lateral pg_identify_object(o.class, o.oid, 0) as i
where i.identity is not null
  and not exists (
    select from pg_depend e where e.classid = o.class and e.objid = o.oid and e.objsubid = 0 and e.deptype in ('e', 'i')
  )
union all
select 'security label', l.provider || ' on ' || i.identity
from pg_seclabel l
cross join lateral pg_identify_object(l.classoid, l.objoid, l.objsubid) as i
where $1::text[] is null and i.identity is not null
union all
-- DEPENDS ON EXTENSION.
select 'dependency on an extension', i.identity || ' on ' || x.extname
from pg_depend d
join pg_extension x on x.oid = d.refobjid
cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) as i
where $1::text[] is null and d.refclassid = 'pg_extension'::regclass and d.deptype = 'x' and i.identity is not null
