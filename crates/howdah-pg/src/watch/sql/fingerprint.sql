-- A number for all that the API knows of the catalog: it changes when any of it does. Every row counts by its hash, by
--   xmin where only DDL writes the row, and by its columns where others do (TRUNCATE, REFRESH and VACUUM FULL rewrite
--   pg_class, and change nothing here).
-- Parameters: $1 boolean: read the schema even though event triggers tell of its changes.
-- Columns: is_told (whether event triggers tell of every change, so that the schema need not be read), schema (text; null
--   where it was not read), roles (text: roles and their memberships, which no event trigger sees), config (text: settings
--   of roles and of this database).
-- Needs PostgreSQL 14. No rights.
with told as materialized (
  select
    count(*) = 2 and current_setting('max_prepared_transactions')::integer = 0 as is_told
  from pg_event_trigger t
  join pg_proc p on p.oid = t.evtfoid
  join pg_namespace n on n.oid = p.pronamespace
  where t.evtname in ('howdah_ddl_command_end', 'howdah_sql_drop')
    and t.evtenabled in ('O', 'A')
    and n.nspname = 'howdah'
    and p.proname = 'notify_ddl'
)
select
  told.is_told,
  case when not told.is_told or $1 then (
    with relations as materialized (
      select c.*
      from pg_class c
      where c.oid >= 16384 and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c') and c.relpersistence <> 't'
    ),
    rows (hash) as (
      select hash_record_extended((1, n.oid, n.nspname, n.nspowner, n.nspacl), 0)
      from pg_namespace n
      where n.nspname !~ '^pg_(temp|toast)'
      union all
      select hash_record_extended((
        2, c.oid, c.relname, c.relnamespace, c.relkind, c.relowner, c.relacl, c.reloptions, c.relispartition,
        c.relrowsecurity, c.relforcerowsecurity, c.reloftype
      ), 0)
      from relations c
      union all
      select hash_record_extended((3, a.attrelid, a.attnum, a.xmin), 0)
      from pg_attribute a
      join relations c on c.oid = a.attrelid
      where a.attnum > 0
      union all
      select hash_record_extended((4, d.oid, d.xmin), 0) from pg_attrdef d join relations c on c.oid = d.adrelid
      union all
      select hash_record_extended((5, o.oid, o.xmin), 0)
      from pg_constraint o
      where o.oid >= 16384 and (o.contypid <> 0 or o.conrelid in (select c.oid from relations c))
      union all
      select hash_record_extended((6, p.oid, p.xmin), 0)
      from pg_proc p
      where p.oid >= 16384
      union all
      select hash_record_extended((7, t.oid, t.xmin), 0)
      from pg_type t
      where t.oid >= 16384 and t.typtype in ('d', 'e', 'r', 'm')
      union all
      select hash_record_extended((8, e.oid, e.xmin), 0) from pg_enum e
      union all
      select hash_record_extended((9, d.classoid, d.objoid, d.objsubid, d.xmin), 0)
      from pg_description d
      where d.objoid >= 16384
      union all
      -- Comments on schemas that came with the database.
      select hash_record_extended((10, d.objoid, d.description), 0)
      from pg_description d
      where d.objoid < 16384 and d.classoid = 'pg_namespace'::regclass
      union all
      select hash_record_extended((11, r.oid, r.xmin), 0) from pg_rewrite r join relations c on c.oid = r.ev_class
      union all
      select hash_record_extended((12, i.inhrelid, i.inhparent), 0)
      from pg_inherits i
      join relations c on c.oid = i.inhrelid
      union all
      select hash_record_extended((
        13, i.indexrelid, i.indrelid, i.indisprimary, i.indisvalid, i.indimmediate, i.indkey::text, i.indpred is null
      ), 0)
      from pg_index i
      join relations c on c.oid = i.indrelid
      where i.indisunique
      union all
      -- INSTEAD OF triggers make views writable.
      select hash_record_extended((14, t.oid, t.tgrelid, t.tgtype, t.tgenabled, t.tgfoid), 0)
      from pg_trigger t
      join relations c on c.oid = t.tgrelid
      where not t.tgisinternal
      union all
      select hash_record_extended((15, p.oid, p.xmin), 0) from pg_policy p join relations c on c.oid = p.polrelid
      union all
      select hash_record_extended((16, c.oid, c.xmin), 0) from pg_cast c where c.oid >= 16384
    )
    select sum(hash)::text from rows
  ) end as schema,
  (
    select sum(hash)::text
    from (
      select hash_record_extended((
        r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcanlogin, r.rolcreaterole, r.rolcreatedb, r.rolbypassrls
      ), 0)
      from pg_roles r
      union all
      select hash_record_extended((m.roleid, m.member, m.admin_option, m.xmin), 0) from pg_auth_members m
    ) rows (hash)
  ) as roles,
  (
    select sum(hash_record_extended((s.setdatabase, s.setrole, s.setconfig), 0))::text
    from pg_db_role_setting s
    where s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
  ) as config
from told
