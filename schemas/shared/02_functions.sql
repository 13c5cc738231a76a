-- Functions that every table leans on: who is calling, and the triggers that keep rows honest.
--
-- Each fixes its search_path to nothing and names what it uses in full, so nobody can slip another object under it. Those
-- that every policy calls are written as RETURN expressions instead: PostgreSQL binds their names when they are created, so
-- no search_path can change them, and it can inline them, which a function with a setting of its own never is.
-- Each runs with the caller's rights. EXECUTE is granted to who needs it; a trigger needs no grant to fire.


-- ---------------------------------------------------------------------------------------------------------------
-- The caller, as the server describes it for the length of one transaction
-- ---------------------------------------------------------------------------------------------------------------

create function auth.jwt() returns jsonb
  language sql stable parallel safe
  return nullif(current_setting('request.jwt.claims', true), '')::jsonb;
comment on function auth.jwt() is
  'The claims of the caller''s token as JSON; NULL when the request came without one.';

create function auth.uid() returns uuid
  language sql stable parallel safe
  return nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid;
comment on function auth.uid() is
  'The caller''s user id (claim "sub"); NULL when it is missing or empty, so a policy that compares with it matches nothing. Policies call it as (select auth.uid()): once a query, not once a row.';

create function auth.role() returns text
  language sql stable parallel safe
  return nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role', '');
comment on function auth.role() is
  'The role named in the caller''s token (claim "role"); NULL when there is none.';

create function auth.sees_trash() returns boolean
  language sql stable parallel safe
  return coalesce(current_setting('howdah.trash', true) = 'with', false);
comment on function auth.sees_trash() is
  'Whether this transaction may see soft-deleted rows (setting howdah.trash is "with"). The server sets it for writes and for reading the trash: PostgreSQL checks the read policy on the new version of a row too, so without it nobody could move a row to the trash.';

grant execute on function auth.jwt(), auth.uid(), auth.role(), auth.sees_trash()
  to anon, authenticated, service_role, howdah_auth, howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- Triggers
-- ---------------------------------------------------------------------------------------------------------------

create function public.set_updated_at() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
comment on function public.set_updated_at() is
  'Trigger, before update: stamps updated_at. For tables without row_version.';

-- One trigger for both columns: a second one would cost every bulk update a second call.
create function public.touch_row() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at  := now();
  new.row_version := old.row_version + 1;
  return new;
end
$$;
comment on function public.touch_row() is
  'Trigger, before update: stamps updated_at and counts row_version up by one, whatever the statement says about them.';

create function public.refuse_change() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s.%s is append-only: %s is refused', tg_table_schema, tg_table_name, lower(tg_op)),
    hint    = 'Add a new row that supersedes the old one.',
    schema  = tg_table_schema,
    table   = tg_table_name;
end
$$;
comment on function public.refuse_change() is
  'Trigger, before update, delete or truncate: refuses it. For append-only tables, beside the missing privilege, so that the owner is held back too.';

-- The walk must see soft-deleted ancestors, hence howdah.trash (as a SET clause of the function it would need a superuser).
-- The lock makes two transactions that would close a circle between them take turns; a statement after it sees what the
-- other one committed.
create function public.guard_cycle() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  parent_column constant text := tg_argv[0];
  owner_column  constant text := tg_argv[1];
  trash_before  constant text := coalesce(current_setting('howdah.trash', true), '');
  lock_scope    text := '';
  is_cycle      boolean;
begin
  if owner_column is not null then
    execute format('select ($1).%I::text', owner_column) into lock_scope using new;
  end if;
  perform pg_advisory_xact_lock(tg_relid::integer, hashtext(lock_scope));

  perform set_config('howdah.trash', 'with', true);
  execute format(
    'with recursive ancestors as (
       select t.id, t.%1$I as parent from %2$s t where t.id = ($1).%1$I
       union
       select t.id, t.%1$I from %2$s t join ancestors a on t.id = a.parent
     )
     select ($1).%1$I = ($1).id or exists (select from ancestors a where a.id = ($1).id or a.parent = ($1).id)',
    parent_column, tg_relid::regclass)
  into is_cycle using new;
  perform set_config('howdah.trash', trash_before, true);

  if is_cycle then
    raise exception using
      errcode    = 'check_violation',
      message    = format('%s of %s.%s would make a row its own ancestor', parent_column, tg_table_schema, tg_table_name),
      hint       = 'Choose a parent that does not descend from this row.',
      schema     = tg_table_schema,
      table      = tg_table_name,
      column     = parent_column,
      constraint = tg_name;
  end if;
  return new;
end
$$;
comment on function public.guard_cycle() is
  'Trigger, before insert or update of a self-reference: refuses a parent that descends from the row. Arguments: the column that points at the parent''s id, then, if the table has one, the column that owns the row.';


-- ---------------------------------------------------------------------------------------------------------------
-- Helpers of checks and generated columns
-- ---------------------------------------------------------------------------------------------------------------

create function public.join_words(words text[]) returns text
  language sql immutable parallel safe
  set search_path = ''
as $$
  select array_to_string(words, ' ')
$$;
comment on function public.join_words(text[]) is
  'The words of an array with a space between. Exists because array_to_string is only STABLE (it must serve element types whose output depends on settings) and a generated column needs IMMUTABLE; for text it always was.';

create function public.text_sha256(content text) returns bytea
  language sql immutable parallel safe
  set search_path = ''
as $$
  select sha256(convert_to(content, 'UTF8'))
$$;
comment on function public.text_sha256(text) is
  'SHA-256 of a text''s UTF-8 bytes. Exists because convert_to is only STABLE (its conversions can be redefined) and a generated column needs IMMUTABLE.';

create function public.encrypted_text_fits(content text, max_characters integer) returns boolean
  language sql immutable parallel safe
  set search_path = ''
as $$
  select char_length(content) <= max_characters
      or (starts_with(content, 'hwd:') and octet_length(content) <= 6 * max_characters + 512)
$$;
comment on function public.encrypted_text_fits(text, integer) is
  'Whether a column that may be encrypted keeps to its length: so many characters in the clear, or a ciphertext ("hwd:" and Base64) no longer than that many characters can become.';

create function public.storage_keys_belong_to(keys text[], owner uuid) returns boolean
  language sql immutable parallel safe
  set search_path = ''
as $$
  select coalesce(bool_and(starts_with(k::public.storage_key, owner::text || '/')), true) from unnest(keys) as k
$$;
comment on function public.storage_keys_belong_to(text[], uuid) is
  'Whether every storage key lies under the folder of its owner, which is named after the owner''s id. A text that is no storage key at all is an error.';

grant execute on function
    public.join_words(text[]),
    public.text_sha256(text),
    public.encrypted_text_fits(text, integer),
    public.storage_keys_belong_to(text[], uuid)
  to authenticated, service_role, howdah_auth;
