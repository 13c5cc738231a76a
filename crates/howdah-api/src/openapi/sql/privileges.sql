-- What the current role may do with the tables, views and functions of some schemas: nothing in a schema without USAGE.
-- Who may read a table's masked view (schema NAME_masked) reads all of its columns there.
-- Parameters: $1 text[]: the schemas.
-- Columns: privileges (text): a JSON object with `relations`: name (quoted where needed, with its schema), select, insert and
--   update (true for all columns, else the names of those that it holds for), delete; and `functions`, those that may be
--   called: name, arguments (the types of what goes in, written like names, `[]` after that of an array's elements).
-- Needs PostgreSQL 14.
with schemas as (
  select n.oid, n.nspname from pg_namespace n where n.nspname = any ($1::text[]) and has_schema_privilege(n.oid, 'usage')
),
relations as (
  select
    format('%I.%I', n.nspname, c.relname) as name,
    json_object_agg(
      p.privilege,
      case
        when has_table_privilege(c.oid, p.privilege) then to_json(true)
        when p.privilege = 'select' and has_schema_privilege(m.oid, 'usage') and has_table_privilege(v.oid, 'select')
          then to_json(true)
        else (
          select coalesce(json_agg(a.attname order by a.attnum), '[]'::json)
          from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and has_column_privilege(c.oid, a.attnum, p.privilege)
        )
      end
    )::jsonb || jsonb_build_object('delete', has_table_privilege(c.oid, 'delete')) as held
  from pg_class c
  join schemas n on n.oid = c.relnamespace
  left join pg_namespace m on m.nspname = n.nspname || '_masked'
  left join pg_class v on v.relnamespace = m.oid and v.relname = c.relname and v.relkind = 'v' and c.relkind in ('r', 'p')
  cross join (values ('select'), ('insert'), ('update')) as p (privilege)
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  group by c.oid, n.nspname, c.relname
),
functions as (
  select
    format('%I.%I', n.nspname, f.proname) as name,
    array(
      select format('%I.%I', tn.nspname, t.typname) || case when e.oid is null then '' else '[]' end
      from unnest(f.proargtypes) with ordinality as a (type, place)
      left join pg_type e on e.typarray = a.type
      join pg_type t on t.oid = coalesce(e.oid, a.type)
      join pg_namespace tn on tn.oid = t.typnamespace
      order by a.place
    ) as arguments
  from pg_proc f
  join schemas n on n.oid = f.pronamespace
  where f.prokind = 'f' and has_function_privilege(f.oid, 'execute')
)
select jsonb_build_object(
  'relations',
  coalesce((select jsonb_agg(jsonb_build_object('name', r.name) || r.held order by r.name) from relations r), '[]'),
  'functions',
  coalesce((select jsonb_agg(to_jsonb(f) order by f.name, f.arguments) from functions f), '[]')
)::text as privileges
