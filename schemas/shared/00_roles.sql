-- Roles, schemas and the privileges everything else starts from.
--
-- Roles belong to the whole cluster while a schema belongs to one database, so each role is made only when it is
-- missing and each membership is granted only when it does not hold yet: a second database on the same server, with
-- another owner, loads the same file. Nothing here names the owner. Whoever runs the migrations is the owner, needs
-- CREATEROLE for the first load, and needs neither superuser nor BYPASSRLS.
--
-- What this file does not do: give anybody a password or LOGIN. Whoever operates the server does that for howdah_login.

do $roles$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon',            'noinherit', 'Howdah API: a caller without an account.'),
      ('authenticated',   'noinherit', 'Howdah API: a signed-in person; row-level security shows them their own rows.'),
      ('service_role',    'noinherit', 'Howdah API: trusted server code; sees all rows through explicit policies, never through BYPASSRLS.'),
      ('howdah_auth',     'noinherit', 'Howdah: reads and writes accounts, sessions and keys in schema auth.'),
      ('howdah_readonly', 'noinherit', 'Howdah: reporting; reads columns that hold no personal and no encrypted data.'),
      ('howdah_sealer',   'noinherit', 'Howdah: seals the audit trail.'),
      ('howdah_login',    'noinherit', 'Howdah: the server logs in as this role and switches to one of the others; it owns nothing and has no grants of its own.')
    ) as w (name, inheritance, purpose)
  loop
    if not exists (select from pg_catalog.pg_roles r where r.rolname = wanted.name) then
      begin
        execute pg_catalog.format('create role %I nologin %s', wanted.name, wanted.inheritance);
        execute pg_catalog.format('comment on role %I is %L', wanted.name, wanted.purpose);
      exception
        -- Another database on this server loads the same file at this very moment; it made the role.
        when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end
$roles$;

-- howdah_login may become each of the roles that serve a request. The owner inherits service_role, howdah_auth and
-- howdah_sealer: row-level security is FORCEd on every table, so it binds the owner too, and it is through these
-- memberships that seeds, data migrations and SECURITY DEFINER functions see rows.
do $memberships$
declare
  is_16_or_later constant boolean := pg_catalog.current_setting('server_version_num')::integer >= 160000;
  may_switch     constant text    := case when is_16_or_later then 'SET' else 'MEMBER' end;
  wanted         record;
begin
  for wanted in
    select w.granted, w.member::name, w.inherits
    from (values
      ('anon',            'howdah_login',    false),
      ('authenticated',   'howdah_login',    false),
      ('service_role',    'howdah_login',    false),
      ('howdah_auth',     'howdah_login',    false),
      ('howdah_readonly', 'howdah_login',    false),
      ('service_role',    current_user::text, true),
      ('howdah_auth',     current_user::text, true),
      ('howdah_sealer',   current_user::text, true)
    ) as w (granted, member, inherits)
  loop
    if pg_catalog.pg_has_role(wanted.member, wanted.granted, may_switch)
       and (not wanted.inherits or pg_catalog.pg_has_role(wanted.member, wanted.granted, 'USAGE')) then
      continue;
    end if;

    begin
      execute pg_catalog.format('grant %I to %I', wanted.granted, wanted.member)
        || case when is_16_or_later then pg_catalog.format(' with inherit %s, set true', wanted.inherits::text) else '' end;
    exception
      when unique_violation then null;
      when insufficient_privilege then
        raise exception using
          errcode = 'insufficient_privilege',
          message = pg_catalog.format('role "%s" may not grant "%s" to "%s"', current_user, wanted.granted, wanted.member),
          hint    = pg_catalog.format('An administrator of this server runs once: GRANT %s TO %I;',
                      case when wanted.inherits then 'service_role, howdah_auth, howdah_sealer' else pg_catalog.quote_ident(wanted.granted) end,
                      wanted.member);
    end;
  end loop;

  if not pg_catalog.pg_has_role(current_user, 'service_role', 'USAGE') then
    raise exception using
      errcode = 'invalid_role_specification',
      message = pg_catalog.format('role "%s" is a member of service_role but does not inherit from it', current_user),
      hint    = pg_catalog.format('The owner of the schema must see rows under forced row-level security: ALTER ROLE %I INHERIT;', current_user);
  end if;
end
$memberships$;


create schema auth;
comment on schema auth is
  'Accounts, sessions, tokens, keys and second factors. Reached through the authentication endpoints only, never through the data API.';

create schema audit;
comment on schema audit is
  'The audit trail: events, the seals that chain them and the signed checkpoints. Written by triggers, read by the service role.';


-- PostgreSQL 15 no longer lets everybody create objects in public; earlier versions still do.
revoke create on schema public from public;

-- A new function is callable by everybody unless this says otherwise. Tables and sequences start out private.
alter default privileges revoke execute on functions from public;

grant usage on schema public to anon, authenticated, service_role, howdah_auth, howdah_readonly;
-- The API roles reach schema auth for auth.uid() and its sisters alone: none of them has a grant on a table there.
grant usage on schema auth   to anon, authenticated, service_role, howdah_auth, howdah_readonly;
grant usage on schema audit  to service_role, howdah_auth, howdah_sealer;
