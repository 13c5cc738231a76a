-- Checks a loaded database against the standards of this folder, by the catalog alone. It changes nothing, works for every
-- template, and fails with the list of what it found. Run it as the owner or as a superuser.
-- What `howdah lint` judges in every schema (names, keys, types, indexes, comments, tags) is left to it.
--
-- Partitions of the audit trail are left out where their parent speaks for them.

do $standards$
declare
  found text[] := '{}';
  more  text[];
begin
  -- Row-level security on every table, forced.
  select array_agg(format('%s: row-level security is not enabled and forced', c.oid::regclass))
  into more
  from pg_class c
  where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace)
    and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity);
  found := found || coalesce(more, '{}');

  -- A policy on every table.
  select array_agg(format('%s: no policy', c.oid::regclass))
  into more
  from pg_class c
  where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace)
    and c.relkind in ('r', 'p') and not c.relispartition
    and not exists (select from pg_policy p where p.polrelid = c.oid);
  found := found || coalesce(more, '{}');

  -- One permissive policy at most per role and command.
  select array_agg(format('%s: %s has several policies for %s', relation, grantee, command))
  into more
  from (
    select p.polrelid::regclass as relation, r.rolname as grantee, command
    from pg_policy p
    cross join unnest(p.polroles) as role_oid
    join pg_roles r on r.oid = role_oid
    cross join unnest(case when p.polcmd = '*' then array['r', 'a', 'w', 'd'] else array[p.polcmd::text] end) as command
    where p.polpermissive
    group by 1, 2, 3
    having count(*) > 1
  ) as doubled;
  found := found || coalesce(more, '{}');

  -- auth.uid() once a query, not once a row.
  select array_agg(format('%s: policy %s calls a function per row', p.polrelid::regclass, p.polname))
  into more
  from pg_policy p
  cross join lateral (
    select regexp_replace(coalesce(pg_get_expr(p.polqual, p.polrelid), '') || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''),
                          'SELECT auth\.(uid|sees_trash|role|jwt)\(\)', '', 'g') as rest
  ) as e
  where e.rest ~ 'auth\.(uid|sees_trash|role|jwt)\(';
  found := found || coalesce(more, '{}');

  -- A comment on everything else that the documentation prints.
  select array_agg(format('%s has no comment', what))
  into more
  from (
    select format('domain %s', t.oid::regtype) as what, obj_description(t.oid, 'pg_type') as comment
    from pg_type t
    where t.typnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace) and t.typtype = 'd'
    union all
    select format('function %s', p.oid::regprocedure), obj_description(p.oid, 'pg_proc')
    from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace)
    union all
    select format('policy %s on %s', p.polname, p.polrelid::regclass), obj_description(p.oid, 'pg_policy')
    from pg_policy p
    union all
    select format('schema %s', n.nspname), obj_description(n.oid, 'pg_namespace')
    from pg_namespace n
    where n.nspname in ('public', 'auth', 'audit')
  ) as objects
  where coalesce(btrim(comment), '') = '';
  found := found || coalesce(more, '{}');

  -- A foreign key from one person's row to another row of theirs carries the owner.
  select array_agg(format('%s: foreign key %s does not carry user_id', k.conrelid::regclass, k.conname))
  into more
  from pg_constraint k
  where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.confrelid <> 'auth.users'::regclass
    and exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'user_id' and not a.attisdropped)
    and exists (select from pg_attribute a where a.attrelid = k.confrelid and a.attname = 'user_id' and not a.attisdropped)
    and not exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'user_id' and a.attnum = any (k.conkey));
  found := found || coalesce(more, '{}');

  -- Names of what the linter leaves to each project.
  select array_agg(format('%s: %s', relation, wrong))
  into more
  from (
    select k.conrelid::regclass::text as relation, format('constraint %s', k.conname) as wrong
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.connamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace) and not c.relispartition
      and k.contype in ('p', 'x')
      and k.conname !~ (case k.contype when 'p' then '^' || c.relname || '_pkey$' else '^ex_' end)
    union all
    select t.tgrelid::regclass::text, format('trigger %s', t.tgname)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace) and not t.tgisinternal and t.tgparentid = 0
      and t.tgname !~ ('^trg_' || c.relname || '_')
  ) as names;
  found := found || coalesce(more, '{}');

  -- Functions: a fixed search_path, and nothing callable by everybody.
  select array_agg(format('function %s: %s', p.oid::regprocedure, wrong))
  into more
  from pg_proc p
  cross join lateral (
    -- A body that was bound when it was created needs none.
    select 'no fixed search_path' as wrong
    where not coalesce(p.proconfig, '{}') @> array['search_path=""'] and p.prosqlbody is null
    union all
    select 'callable by everybody'
    where exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as g where g.grantee = 0)
  ) as wrongs
  where p.pronamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace);
  found := found || coalesce(more, '{}');

  -- Values that carry a secret or are personal stay out of reporting and out of the audit trail.
  select array_agg(format('%s.%s: %s', c.oid::regclass, a.attname, wrong))
  into more
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  cross join lateral (
    select 'the reporting role can read it' as wrong where has_column_privilege('howdah_readonly', c.oid, a.attnum, 'SELECT')
    union all
    select 'its values enter the audit trail'
    from pg_trigger t
    where t.tgrelid = c.oid and t.tgfoid = 'audit.record_change()'::regprocedure
      and not (string_to_array(encode(t.tgargs, 'escape'), '\000'))[3:] @> array[a.attname::text]
  ) as wrongs
  where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace) and c.relkind in ('r', 'p')
    and (col_description(c.oid, a.attnum) ~ '@(pii|mask|encrypt)' or a.attname ~ '_bidx$' or a.attname = 'search');
  found := found || coalesce(more, '{}');

  -- The tag and the trigger go together.
  select array_agg(format('%s: %s', c.oid::regclass, wrong))
  into more
  from pg_class c
  cross join lateral (select obj_description(c.oid, 'pg_class') ~ '@audit' as is_tagged,
                             exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'audit.record_change()'::regprocedure) as is_wired) as s
  cross join lateral (select case when is_tagged then 'tagged @audit without its trigger' else 'audited without the tag' end as wrong) as w
  where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace) and c.relkind in ('r', 'p') and is_tagged <> is_wired;
  found := found || coalesce(more, '{}');

  -- Schema auth and schema audit stay closed to callers of the API; anon reads no whole table.
  select array_agg(format('%s has %s on %s', g.grantee::regrole, g.privilege_type, c.oid::regclass))
  into more
  from pg_class c cross join aclexplode(c.relacl) as g
  where c.relkind in ('r', 'p')
    and ((c.relnamespace in ('auth'::regnamespace, 'audit'::regnamespace) and g.grantee in ('anon'::regrole, 'authenticated'::regrole))
         or (c.relnamespace = 'auth'::regnamespace and g.grantee = 'service_role'::regrole)
         or (c.relnamespace = 'public'::regnamespace and g.grantee = 'anon'::regrole)
         or (c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace, 'audit'::regnamespace) and g.grantee = 0));
  found := found || coalesce(more, '{}');

  if found <> '{}' then
    raise exception using
      message = format('%s deviations from the schema standards', cardinality(found)),
      detail  = array_to_string(found, E'\n');
  end if;
end
$standards$;
