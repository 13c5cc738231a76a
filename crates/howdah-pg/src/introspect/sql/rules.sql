-- Rewrite rules of tables and views; the one that is a view's query only by its OID.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, relation (oid), name, event (1 select, 2 update, 3 insert, 4 delete), instead, enabled (O, D, R, A),
--   definition (null of a view's query), comment.
-- Needs PostgreSQL 14.
select
  r.oid,
  r.ev_class as relation,
  r.rulename::text as name,
  r.ev_type::text as event,
  r.is_instead as instead,
  r.ev_enabled::text as enabled,
  case when r.rulename <> '_RETURN' then pg_get_ruledef(r.oid) end as definition,
  d.description as comment
from pg_rewrite r
join pg_class c on c.oid = r.ev_class
join pg_namespace n on n.oid = c.relnamespace
left join pg_description d on d.classoid = 'pg_rewrite'::regclass and d.objoid = r.oid and d.objsubid = 0
where c.relkind in ('r', 'p', 'v', 'm')
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
