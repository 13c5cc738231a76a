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
  select 'pg_proc'::regclass::oid as class, oid from pg_proc where prokind = 'a' and pronamespace in (select oid from spaces)
  union all
  -- Foreign tables; and tables made OF a type.
  select 'pg_class'::regclass, oid from pg_class
  where (relkind = 'f' or (relkind in ('r', 'p') and reloftype <> 0)) and relnamespace in (select oid from spaces)
  union all
  -- Ranges; base types, which are no arrays; and shells of types to come.
  select 'pg_type'::regclass, t.oid from pg_type t
  where t.typnamespace in (select oid from spaces)
    and (t.typtype = 'r' or (t.typtype in ('b', 'p') and not exists (select from pg_type e where e.typarray = t.oid)))
  union all
  select 'pg_operator'::regclass, oid from pg_operator where oprnamespace in (select oid from spaces)
  union all
  select 'pg_opclass'::regclass, oid from pg_opclass where opcnamespace in (select oid from spaces)
  union all
  select 'pg_opfamily'::regclass, oid from pg_opfamily where opfnamespace in (select oid from spaces)
  union all
  select 'pg_collation'::regclass, oid from pg_collation where collnamespace in (select oid from spaces)
  union all
  select 'pg_conversion'::regclass, oid from pg_conversion where connamespace in (select oid from spaces)
  union all
  select 'pg_ts_config'::regclass, oid from pg_ts_config where cfgnamespace in (select oid from spaces)
  union all
  select 'pg_ts_dict'::regclass, oid from pg_ts_dict where dictnamespace in (select oid from spaces)
  union all
  select 'pg_ts_parser'::regclass, oid from pg_ts_parser where prsnamespace in (select oid from spaces)
  union all
  select 'pg_ts_template'::regclass, oid from pg_ts_template where tmplnamespace in (select oid from spaces)
  union all
  select 'pg_statistic_ext'::regclass, oid from pg_statistic_ext where stxnamespace in (select oid from spaces)
  union all
  select 'pg_rewrite'::regclass, r.oid from pg_rewrite r join pg_class c on c.oid = r.ev_class
  where r.rulename <> '_RETURN' and c.relnamespace in (select oid from spaces)
  union all
  -- Since PostgreSQL 18: a NOT NULL that is not yet checked or does not reach child tables is more than a column's flag.
  select 'pg_constraint'::regclass, oid from pg_constraint
  where contype = 'n' and (not convalidated or connoinherit) and connamespace in (select oid from spaces)
  union all
  -- 16384 is the first OID that the system does not use for itself.
  select 'pg_cast'::regclass, oid from pg_cast where $1::text[] is null and oid >= 16384
  union all
  select 'pg_language'::regclass, oid from pg_language where $1::text[] is null and oid >= 16384
  union all
  select 'pg_am'::regclass, oid from pg_am where $1::text[] is null and oid >= 16384
  union all
  select 'pg_transform'::regclass, oid from pg_transform where $1::text[] is null and oid >= 16384
  union all
  select 'pg_event_trigger'::regclass, oid from pg_event_trigger where $1::text[] is null
  union all
  select 'pg_publication'::regclass, oid from pg_publication where $1::text[] is null
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
