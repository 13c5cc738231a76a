-- The settings pgrst.* that ALTER ROLE … SET gives the login role; one for this database goes before one for all.
-- Parameters: none. Columns: name text (without its prefix), value text, of_database boolean. PostgreSQL 14.
select distinct on (name)
       substr(split_part(setting, '=', 1), length('pgrst.') + 1) as name,
       substr(setting, strpos(setting, '=') + 1) as value,
       setdatabase <> 0 as of_database
  from pg_catalog.pg_db_role_setting, unnest(setconfig) as setting
 where setrole = (select oid from pg_catalog.pg_roles where rolname = session_user)
   and setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
   and setting like 'pgrst.%'
 order by name, setdatabase desc
