-- Row-level security policies.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, relation (oid), name, command (*, r, a, w, d), permissive, roles (`public` for everyone), using_sql,
--   check_sql, comment.
-- Needs PostgreSQL 14.
select
  p.oid,
  p.polrelid as relation,
  p.polname::text as name,
  p.polcmd::text as command,
  p.polpermissive as permissive,
  array(
    select case when r.role = 0 then 'public' else pg_get_userbyid(r.role)::text end from unnest(p.polroles) as r (role)
  ) as roles,
  pg_get_expr(p.polqual, p.polrelid) as using_sql,
  pg_get_expr(p.polwithcheck, p.polrelid) as check_sql,
  d.description as comment
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid and d.objsubid = 0
where n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
