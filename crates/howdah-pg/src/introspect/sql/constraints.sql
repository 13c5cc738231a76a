-- Constraints of tables and domains, but not of foreign tables. NOT NULL is one of them in domains since
-- PostgreSQL 17; that of columns has a query of its own.
-- Parameters: $1 text[]: schemas to read, or null for all.
-- Columns: oid, relation (oid, 0 for a domain's), domain (oid, 0 for a table's), name, kind (p, u, c, f, x, n),
--   definition (null for a table's check that is validated and for NOT NULL), is_deferrable, is_deferred, validated,
--   no_inherit, inherited, columns (attnums), check_sql, nulls_not_distinct, comment; for foreign keys: target (qualified and quoted),
--   target_columns (names), on_update, on_delete (a, r, c, n, d), match_type (s, f), set_columns (attnums, of
--   ON DELETE SET NULL (…); null before PostgreSQL 15).
-- Needs PostgreSQL 14. What later versions added is read through to_jsonb, which takes a column that may not exist.
select
  k.oid,
  k.conrelid as relation,
  k.contypid as domain,
  k.conname::text as name,
  k.contype::text as kind,
  -- That of a check follows from its expression, and asking for both would deparse it twice.
  case when k.contype <> 'n' and (k.contype <> 'c' or k.contypid <> 0 or not k.convalidated)
    then pg_get_constraintdef(k.oid) end as definition,
  k.condeferrable as is_deferrable,
  k.condeferred as is_deferred,
  k.convalidated as validated,
  k.connoinherit as no_inherit,
  case when c.relispartition then k.coninhcount > 0 else k.coninhcount > 0 and not k.conislocal end
    or k.conparentid <> 0 as inherited,
  k.conkey as columns,
  case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end as check_sql,
  case when k.contype = 'u' then (
    select coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) from pg_index i where i.indexrelid = k.conindid
  ) end as nulls_not_distinct,
  case when k.contype = 'f' then k.confrelid::regclass::text end as target,
  case when k.contype = 'f' then array(
    select a.attname::text from unnest(k.confkey) with ordinality as u (number, place)
    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number
    order by u.place
  ) end as target_columns,
  k.confupdtype::text as on_update,
  k.confdeltype::text as on_delete,
  k.confmatchtype::text as match_type,
  case when k.contype = 'f' and k.confdeltype in ('n', 'd') then array(
    select u.number::int2
    from jsonb_array_elements_text(nullif(to_jsonb(k) -> 'confdelsetcols', 'null'::jsonb)) with ordinality as u (number, place)
    order by u.place
  ) end as set_columns,
  d.description as comment
from pg_constraint k
join pg_namespace n on n.oid = k.connamespace
left join pg_class c on c.oid = k.conrelid
left join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid and d.objsubid = 0
where (k.contype in ('p', 'u', 'c', 'f', 'x') or (k.contype = 'n' and k.contypid <> 0))
  and (k.conrelid = 0 or c.relkind in ('r', 'p'))
  and n.nspname !~ '^pg_'
  and n.nspname <> 'information_schema'
  and ($1::text[] is null or n.nspname = any ($1))
  -- A foreign key to a partitioned table has a hidden twin for each partition it points at.
  and (
    k.contype <> 'f' or k.conparentid = 0
    or not exists (select from pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)
  )
