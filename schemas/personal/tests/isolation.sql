-- Two people, one row each in every owned table: neither can read, add, change, delete or point at the other's.
--
-- Run it as a superuser (it switches roles) on a database with the shared and the personal files; it changes nothing in the
-- end. The tables are taken from the catalog, so a new one without a row here fails the check.

begin;

create temporary table person (name text primary key, id uuid not null default gen_random_uuid());
insert into person (name) values ('ada'), ('ben');
grant select on person to public;

set local role howdah_auth;
insert into auth.users (id, email) select p.id, p.name || '@example.org' from person p;

set local role service_role;
insert into public.imports              (user_id, kind)                                             select id, 'vcard' from person;
insert into public.integrations         (user_id, integration_type, integration_name)               select id, 'imap', 'Mail' from person;
insert into public.integration_secrets  (user_id, integration_id, access_token)                     select user_id, id, 'token' from public.integrations;
insert into public.media                (user_id, filename, media_type, mime_type, file_size, storage_key, sha256)
  select id, 'a.jpg', 'photo', 'image/jpeg', 1, id || '/a.jpg', sha256(name::bytea) from person;
insert into public.albums               (user_id, name)                                             select id, 'Summer' from person;
insert into public.album_media          (user_id, album_id, media_id)
  select a.user_id, a.id, m.id from public.albums a join public.media m on m.user_id = a.user_id;
insert into public.profile_attributes   (user_id, attribute_type, key, value)                       select id, 'skill', 'SQL', 'true' from person;
insert into public.consents             (user_id, purpose, policy_version, lawful_basis, status, method)
  select id, 'health', '1', 'consent', 'granted', 'test' from person;
insert into public.privacy_requests     (user_id, kind)                                             select id, 'export' from person;
insert into public.contacts             (user_id, display_name)                                     select id, 'Eve' from person;
insert into public.social_accounts      (user_id, platform, username, account_type)                 select id, 'mastodon', name, 'own' from person;
insert into public.social_posts         (user_id, platform, post_type, posted_at)                   select id, 'mastodon', 'text', now() from person;
insert into public.emails               (user_id, from_address, sent_at, direction)                 select id, 'MAILER-DAEMON', now(), 'received' from person;
insert into public.email_attachments    (user_id, email_id, filename)                               select user_id, id, 'a.pdf' from public.emails;
insert into public.web_pages            (user_id, url, title)                                       select id, 'https://example.org/', 'Example' from person;
insert into public.bookmarks            (user_id, url, title)                                       select id, 'https://example.org/', 'Example' from person;
insert into public.calendar_events      (user_id, title, starts_at)                                 select id, 'Lunch', now() from person;
insert into public.tasks                (user_id, title)                                            select id, 'Milk' from person;
insert into public.notes                (user_id, title)                                            select id, 'Idea' from person;
insert into public.documents            (user_id, title, document_type, storage_key)                select id, 'Lease', 'contract', id || '/lease.pdf' from person;
insert into public.transactions         (user_id, transaction_type, amount, transaction_date)       select id, 'purchase', -1, now() from person;
insert into public.devices              (user_id, device_type, device_name)                         select id, 'phone', 'Phone' from person;
insert into public.locations            (user_id, location_type, latitude, longitude, recorded_at)  select id, 'gps_point', 47.4, 8.5, now() from person;
insert into public.health_records       (user_id, record_type, record_date)                         select id, 'vital_sign', now() from person;
insert into public.links                (user_id, from_object_type, from_object_id, to_object_type, to_object_id, link_type)
  select m.user_id, 'media', m.id, 'contacts', c.id, 'depicts' from public.media m join public.contacts c on c.user_id = m.user_id;
insert into public.shares               (user_id, object_type, object_id, token_hash)               select user_id, 'albums', id, sha256(user_id::text::bytea) from public.albums;
insert into public.notifications        (user_id, notification_type, title, message)                select id, 'system', 'Hi', 'Welcome' from person;
insert into public.legal_holds          (user_id, reason, released_at)                              select id, 'test', now() from person;
reset role;

do $isolation$
declare
  ada    constant uuid := (select id from person where name = 'ada');
  ben    constant uuid := (select id from person where name = 'ben');
  target record;
  link   record;
  seen   bigint;
  aim    uuid;
  state  text;
  checks integer := 0;
  columns_to_copy text;
  failures        text[] := '{}';
begin
  perform set_config('request.jwt.claims', json_build_object('sub', ada, 'role', 'authenticated')::text, true);
  -- The trash belongs to its owner too; with it on, nothing but the owner decides.
  perform set_config('howdah.trash', 'with', true);

  for target in
    select c.oid, c.oid::regclass as name
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped)
    order by c.relname
  loop
    execute format('select count(distinct user_id) from %s where user_id in ($1, $2)', target.name) into seen using ada, ben;
    if seen <> 2 then
      failures := failures || format('%s: this check has no row for it', target.name);
    end if;

    -- Read, change, delete. A missing privilege is as good as no row.
    for state in select unnest(array['select', 'update', 'delete'])
    loop
      checks := checks + 1;
      begin
        execute 'set local role authenticated';
        execute case state
          when 'select' then format('select count(*) from %s where user_id = $1', target.name)
          when 'update' then format('with u as (update %s set updated_at = now() where user_id = $1 returning 1) select count(*) from u', target.name)
          else               format('with d as (delete from %s where user_id = $1 returning 1) select count(*) from d', target.name)
        end into seen using ben;
        if seen > 0 then
          failures := failures || format('%s: %s reaches %s rows of somebody else', target.name, state, seen);
        end if;
      exception when insufficient_privilege then null;
      end;
      execute 'reset role';
    end loop;

    -- Add a row in somebody else's name: their own row again, with another id.
    checks := checks + 1;
    select string_agg(quote_ident(a.attname), ', ') into columns_to_copy
    from pg_attribute a
    where a.attrelid = target.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and a.attname not in ('id', 'created_at', 'updated_at') and has_column_privilege('authenticated', target.oid, a.attnum, 'INSERT');
    if columns_to_copy is not null then
      execute format('create temporary table copied on commit drop as select %s from %s where user_id = %L', columns_to_copy, target.name, ben);
      execute 'grant select on copied to public';
      begin
        execute 'set local role authenticated';
        execute format('insert into %s (%s) select %2$s from copied', target.name, columns_to_copy);
        failures := failures || format('%s: a row could be added for somebody else', target.name);
      exception when insufficient_privilege then null;
      end;
      execute 'reset role';

      -- Give one's own row away.
      checks := checks + 1;
      begin
        execute 'set local role authenticated';
        execute format('update %s set user_id = $1 where user_id = $2', target.name) using ben, ada;
        failures := failures || format('%s: a row could be given away', target.name);
      exception when insufficient_privilege then null;
      end;
      execute 'reset role';
      execute 'drop table copied';
    end if;

    -- Point a foreign key at somebody else's row: with the caller's role, and as the service role too.
    for link in
      select k.conname, k.confrelid::regclass as towards, a.attname as via
      from pg_constraint k
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attname <> 'user_id'
      where k.conrelid = target.oid and k.contype = 'f' and k.confrelid <> 'auth.users'::regclass
    loop
      execute format('select id from %s where user_id = $1 limit 1', link.towards) into aim using ben;
      foreach state in array array['authenticated', 'service_role'] loop
        checks := checks + 1;
        begin
          execute format('set local role %I', state);
          execute format('update %s set %I = $1 where user_id = $2', target.name, link.via) using aim, ada;
          failures := failures || format('%s: %s could be pointed at somebody else''s row by %s', target.name, link.via, state);
        exception
          when insufficient_privilege or foreign_key_violation then null;
          -- Of a one-to-one table the other's own row is in the way before the foreign key is looked at.
          when unique_violation then null;
        end;
        execute 'reset role';
      end loop;
    end loop;
  end loop;

  -- Nobody at all sees nothing at all, and neither does a token without a subject.
  for target in
    select c.oid::regclass as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  loop
    foreach state in array array['anon', 'authenticated'] loop
      checks := checks + 1;
      perform set_config('request.jwt.claims', case state when 'anon' then '' else '{"role": "authenticated", "sub": ""}' end, true);
      begin
        execute format('set local role %I', state);
        execute format('select count(*) from %s', target.name) into seen;
        if seen > 0 then
          failures := failures || format('%s: %s without a subject sees %s rows', target.name, state, seen);
        end if;
      exception when insufficient_privilege then null;
      end;
      execute 'reset role';
    end loop;
  end loop;

  if failures <> '{}' then
    raise exception using
      message = format('%s of %s checks failed', cardinality(failures), checks),
      detail  = array_to_string(failures, E'\n');
  end if;
  if checks < 300 then
    raise exception 'only % checks ran', checks;
  end if;
end
$isolation$;

-- A public attribute is the one exception, and shows anon no column that is not meant for everybody.
update public.profile_attributes set is_public = true where user_id = (select id from person where name = 'ben');
do $public$
declare
  seen bigint;
begin
  perform set_config('request.jwt.claims', '', true);
  set local role anon;
  select count(key) into seen from public.profile_attributes;
  assert seen = 1, 'anon reads public attributes';
  begin
    perform notes from public.profile_attributes;
    raise exception 'anon reads notes';
  exception when insufficient_privilege then null;
  end;
  reset role;
  perform set_config('request.jwt.claims', json_build_object('sub', (select id from person where name = 'ada'))::text, true);
  set local role authenticated;
  select count(*) into seen from public.profile_attributes;
  assert seen = 2, 'a person reads their own attributes and public ones';
  update public.profile_attributes set priority = 1;
  get diagnostics seen = row_count;
  assert seen = 1, 'a person changes their own attributes only';
  reset role;
end
$public$;

rollback;
