-- Triggers of tables and views, without those behind foreign keys.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, relation (oid), name, kind (the bits of tgtype), update_columns, function_schema, function_name,
--   is_constraint, enabled (O, D, R, A), inherited, definition, comment.
-- Needs PostgreSQL 14, where a partition's copies of its parent's triggers count as internal.
select
  g.oid,
  g.tgrelid as relation,
  g.tgname::text as name,
  g.tgtype as kind,
  array(
    select a.attname::text from unnest(g.tgattr) with ordinality as u (number, place)
    join pg_attribute a on a.attrelid = g.tgrelid and a.attnum = u.number
    order by u.place
  ) as update_columns,
  pn.nspname::text as function_schema,
  p.proname::text as function_name,
  g.tgconstraint <> 0 as is_constraint,
  g.tgenabled::text as enabled,
  g.tgparentid <> 0 as inherited,
  pg_get_triggerdef(g.oid) as definition,
  d.description as comment
from pg_trigger g
join pg_class c on c.oid = g.tgrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_proc p on p.oid = g.tgfoid
join pg_namespace pn on pn.oid = p.pronamespace
left join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = g.oid and d.objsubid = 0
where (not g.tgisinternal or (
    g.tgparentid <> 0
    and not exists (select from pg_constraint k where k.oid = g.tgconstraint and k.contype = 'f')
  ))
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
