-- Purpose: the settings of the roles that the login role may become; one for this database goes before one for all.
-- Parameters: none.
-- Columns: role, setting (as pg_settings names it), value, who may set it (the setting's context).
-- Minimum version: PostgreSQL 14.
select distinct on (r.oid, p.name)
  r.rolname::text,
  p.name::text,
  substr(s.setting, strpos(s.setting, '=') + 1),
  p.context::text
from pg_catalog.pg_db_role_setting d
join pg_catalog.pg_roles r on r.oid = d.setrole
cross join lateral unnest(d.setconfig) s (setting)
join pg_catalog.pg_settings p on lower(p.name) = lower(split_part(s.setting, '=', 1))
where d.setdatabase in (0, (select b.oid from pg_catalog.pg_database b where b.datname = current_database()))
  and pg_catalog.pg_has_role(r.oid, 'member')
  and p.context in ('user', 'superuser')
order by r.oid, p.name, d.setdatabase <> 0 desc
