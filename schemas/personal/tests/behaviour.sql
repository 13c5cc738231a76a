-- What the database itself does: trash, versions, cycles, consent, profiles, holds, the audit trail, encryption's room.
--
-- Run it as a superuser (it switches roles) on a database with the shared and the personal files; it changes nothing in the
-- end. Each block names in its assertion what it holds to be true.

begin;

create function pg_temp.refuses(statement text, expected_state text, expected_message text default '') returns boolean
  language plpgsql
as $$
begin
  execute statement;
  raise warning 'not refused: %', statement;
  return false;
exception when others then
  if sqlstate = expected_state and sqlerrm like '%' || expected_message || '%' then
    return true;
  end if;
  raise warning 'refused with % (%): %', sqlstate, sqlerrm, statement;
  return false;
end
$$;
create function pg_temp.become(person uuid, role_name text, trash text default '') returns void
  language plpgsql
as $$
begin
  perform set_config('request.jwt.claims', json_build_object('sub', person, 'role', role_name)::text, true),
          set_config('howdah.trash', trash, true),
          set_config('role', role_name, true);
end
$$;

set local role howdah_auth;
insert into auth.users (id, email, metadata) values
  ('00000000-0000-4000-8000-00000000000a', 'Ada@example.org', '{"display_name": "Ada"}'),
  ('00000000-0000-4000-8000-00000000000b', 'ben@example.org', '{}');
reset role;

-- ---------------------------------------------------------------------------------------------------------------
-- Accounts and profiles
-- ---------------------------------------------------------------------------------------------------------------
do $$
begin
  assert (select display_name from public.user_profiles where user_id = '00000000-0000-4000-8000-00000000000a') = 'Ada', 'a profile comes with the account';
  assert (select display_name from public.user_profiles where user_id = '00000000-0000-4000-8000-00000000000b') = 'ben', 'its name falls back to the address';

  set local role howdah_auth;
  assert pg_temp.refuses($q$insert into auth.users (email) values ('ADA@EXAMPLE.ORG')$q$, '23505'), 'an address is used once, whatever its capitals';
  assert pg_temp.refuses($q$insert into auth.users (email) values ('nobody')$q$, '23514', 'email_address'), 'an address has a form';
  assert pg_temp.refuses($q$insert into auth.users (email, account_type) values ('bot@example.org', 'ai')$q$, '23514', 'chk_user_profiles_ai'), 'an AI account names its model';
  assert pg_temp.refuses($q$insert into auth.users (email, account_type, password_hash) values ('s@example.org', 'service', 'x')$q$, '23514', 'chk_users_password'), 'a service has no password';
  insert into auth.users (id, email, account_type, metadata) values
    ('00000000-0000-4000-8000-0000000000a1', 'bot@example.org', 'ai', '{"ai_provider": "local", "ai_model": "m"}');
  update auth.users set account_type = 'human' where id = '00000000-0000-4000-8000-0000000000a1';
  reset role;
  assert (select account_type from public.user_profiles where user_id = '00000000-0000-4000-8000-0000000000a1') = 'human', 'the profile follows the account type';

  perform pg_temp.become('00000000-0000-4000-8000-00000000000a', 'authenticated');
  update public.user_profiles set bio = 'Hello';
  assert found, 'a person changes their profile';
  assert pg_temp.refuses('update public.user_profiles set storage_quota = 1', '42501'), 'but not their quota';
  assert pg_temp.refuses('update public.user_profiles set storage_used = 1', '42501'), 'nor what they use';
  assert pg_temp.refuses($q$update public.user_profiles set account_type = 'service'$q$, '42501'), 'nor their account type';
  assert pg_temp.refuses('select * from auth.users', '42501'), 'accounts are out of reach';
  assert pg_temp.refuses('select * from public.integration_secrets', '42501'), 'secrets are out of reach';
  assert pg_temp.refuses('select * from audit.audit_events', '42501'), 'the trail is out of reach';
  assert pg_temp.refuses('select audit.append(null, null, null, null, null, null, null, null, null)', '42501'), 'nobody writes the trail by hand';
  assert pg_temp.refuses('create table public.mine ()', '42501'), 'nobody makes tables';
  reset role;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Versions and trash
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  note public.notes;
begin
  perform pg_temp.become('00000000-0000-4000-8000-00000000000a', 'authenticated');
  insert into public.notes (user_id, title, content) values (auth.uid(), 'Idea', 'A seat on an elephant') returning * into note;
  update public.notes set title = 'Plan', row_version = 77 where id = note.id returning * into note;
  assert note.row_version = 2, 'row_version counts by itself';

  assert pg_temp.refuses(format('update public.notes set deleted_at = now() where id = %L', note.id), '42501'), 'without the trash in sight a soft delete by key is refused';
  perform set_config('howdah.trash', 'with', true);
  update public.notes set deleted_at = now() where id = note.id;
  assert found, 'with the trash in sight it works';
  assert (select count(*) from public.notes) = 1, 'and the row is still there';
  perform set_config('howdah.trash', '', true);
  assert (select count(*) from public.notes) = 0, 'out of sight, it is gone';
  reset role;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Cycles
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  a constant uuid := gen_random_uuid();
  b constant uuid := gen_random_uuid();
  c constant uuid := gen_random_uuid();
begin
  perform pg_temp.become('00000000-0000-4000-8000-00000000000a', 'authenticated', 'with');
  insert into public.tasks (id, user_id, title) values (a, auth.uid(), 'a');
  insert into public.tasks (id, user_id, title, parent_task_id) values (b, auth.uid(), 'b', a), (c, auth.uid(), 'c', b);
  assert pg_temp.refuses(format('update public.tasks set parent_task_id = id where id = %L', a), '23514'), 'no task is its own parent';
  assert pg_temp.refuses(format('update public.tasks set parent_task_id = %L where id = %L', b, a), '23514', 'ancestor'), 'no circle of two';
  assert pg_temp.refuses(format('update public.tasks set parent_task_id = %L where id = %L', c, a), '23514', 'ancestor'), 'no circle of three';
  update public.tasks set deleted_at = now() where id = b;
  perform set_config('howdah.trash', '', true);
  assert pg_temp.refuses(format('update public.tasks set parent_task_id = %L where id = %L', c, a), '23514', 'ancestor'), 'no circle through the trash';
  assert current_setting('howdah.trash') = '', 'the guard leaves the setting as it was';
  update public.tasks set parent_task_id = a where id = c;
  assert found, 'a task can move within its tree';
  assert pg_temp.refuses($q$insert into public.tasks (id, user_id, title, parent_task_id) values
    ('00000000-0000-4000-8000-000000000001', auth.uid(), 'x', '00000000-0000-4000-8000-000000000002'),
    ('00000000-0000-4000-8000-000000000002', auth.uid(), 'y', '00000000-0000-4000-8000-000000000001')$q$, '23514'), 'no circle in one statement';
  assert pg_temp.refuses(format('update public.tasks set parent_task_id = case id when %L then %L::uuid else %1$L::uuid end where id in (%1$L, %2$L)', a, c), '23514'), 'no swap';
  delete from public.tasks where id = a;
  assert (select count(*) from public.tasks where id = c) = 0, 'subtasks go with their task';

  insert into public.contacts (id, user_id, display_name) values (a, auth.uid(), 'A');
  insert into public.contacts (id, user_id, display_name, merged_into_id) values (b, auth.uid(), 'B', a);
  assert pg_temp.refuses(format('update public.contacts set merged_into_id = %L where id = %L', b, a), '23514', 'ancestor'), 'no two contacts are each other';
  delete from public.contacts where id = a;
  assert (select merged_into_id is null and user_id is not null from public.contacts where id = b), 'a foreign key that is set to NULL leaves the owner';
  reset role;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Consent
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  ada     constant uuid := '00000000-0000-4000-8000-00000000000a';
  adding  constant text := format($q$insert into public.health_records (user_id, record_type, record_date, description) values (%L, 'allergy', now(), 'nuts')$q$, ada);
  grant_it constant text := format($q$insert into public.consents (user_id, purpose, policy_version, lawful_basis, status, method, is_special_category)
                                      values (%L, 'health', '1', 'consent', 'granted', 'test', true)$q$, ada);
  device  uuid;
begin
  perform pg_temp.become(ada, 'service_role');
  assert pg_temp.refuses(adding, '42501', 'live consent'), 'the service role needs consent';
  perform pg_temp.become(ada, 'authenticated');
  assert pg_temp.refuses(adding, '42501', 'live consent'), 'a person needs consent';
  assert pg_temp.refuses(replace(grant_it, ada::text, '00000000-0000-4000-8000-00000000000b'), '42501'), 'nobody consents for another';
  assert pg_temp.refuses($q$insert into public.consents (user_id, purpose, policy_version, lawful_basis, status, method, created_at)
                            values (auth.uid(), 'health', '1', 'consent', 'granted', 'test', 'infinity')$q$, '42501'), 'nobody dates a consent';
  execute grant_it;
  execute adding;
  insert into public.devices (user_id, device_type, device_name) values (ada, 'wearable', 'Watch') returning id into device;
  update public.health_records set device_id = device;

  insert into public.consents (user_id, purpose, policy_version, lawful_basis, status, method) values (ada, 'health', '1', 'consent', 'withdrawn', 'test');
  assert pg_temp.refuses(adding, '42501', 'live consent'), 'a withdrawn consent ends writing';
  assert pg_temp.refuses($q$update public.health_records set dosage = '1'$q$, '42501', 'live consent'), 'changing too';
  delete from public.devices where id = device;
  assert (select device_id is null from public.health_records), 'a foreign key may still be cut';
  perform set_config('howdah.trash', 'with', true);
  assert pg_temp.refuses($q$update public.health_records set deleted_at = now(), dosage = '1'$q$, '42501', 'live consent'), 'the trash is no way around';
  update public.health_records set deleted_at = now();
  assert found, 'moving to the trash needs none';
  delete from public.health_records;
  assert found, 'deleting needs none';

  insert into public.consents (user_id, purpose, policy_version, lawful_basis, status, method, expires_at)
  values (ada, 'health', '2', 'consent', 'granted', 'test', now() - interval '1 second');
  assert pg_temp.refuses(adding, '42501', 'live consent'), 'a consent that ran out is none';
  execute grant_it;
  execute adding;

  assert pg_temp.refuses($q$update public.consents set status = 'granted'$q$, '42501'), 'a record never changes';
  assert pg_temp.refuses('delete from public.consents', '42501'), 'nor goes';
  reset role;
  assert pg_temp.refuses($q$update public.consents set status = 'granted'$q$, '42501', 'append-only'), 'not even for a superuser';
  assert pg_temp.refuses('delete from public.consents', '42501', 'append-only'), 'not even for a superuser';
  assert pg_temp.refuses('truncate public.consents', '42501', 'append-only'), 'not even for a superuser';
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Values
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  ada constant uuid := '00000000-0000-4000-8000-00000000000a';
begin
  perform pg_temp.become(ada, 'authenticated');
  assert pg_temp.refuses($q$insert into public.media (user_id, filename, media_type, mime_type, file_size, storage_key, sha256)
    values (auth.uid(), 'a', 'photo', 'image/png', 1, '00000000-0000-4000-8000-00000000000b/a', sha256('a'))$q$, '23514', 'chk_media_storage_key'), 'no key in another''s folder';
  assert pg_temp.refuses($q$insert into public.media (user_id, filename, media_type, mime_type, file_size, storage_key, sha256)
    values (auth.uid(), 'a', 'photo', 'image/png', 1, auth.uid() || '/../b/a', sha256('a'))$q$, '23514', 'storage_key'), 'no way out of the folder';
  insert into public.bookmarks (user_id, url, title) values (ada, 'https://example.org/a?b=c#d', 'Example');
  assert (select url_hash = sha256('https://example.org/a?b=c#d') from public.bookmarks), 'the hash of a URL comes by itself';
  assert pg_temp.refuses($q$insert into public.bookmarks (user_id, url, title) values (auth.uid(), 'JavaScript:alert(1)', 'x')$q$, '23514', 'url'), 'no URL that runs code';
  assert pg_temp.refuses($q$insert into public.notifications (user_id, notification_type, title, message, action_url) values (auth.uid(), 'system', 't', 'm', '//evil.example')$q$, '23514'), 'no way off site in disguise';
  insert into public.notifications (user_id, notification_type, title, message, action_url) values (ada, 'system', 't', 'm', '/tasks'), (ada, 'system', 't', 'm', 'https://example.org');
  assert pg_temp.refuses($q$insert into public.tasks (user_id, title, status) values (auth.uid(), 't', 'completed')$q$, '23514', 'chk_tasks_completed'), 'completed says when';
  assert pg_temp.refuses($q$insert into public.transactions (user_id, transaction_type, amount, currency, transaction_date) values (auth.uid(), 'purchase', 1, 'usd', now())$q$, '23514', 'currency_code'), 'currencies in capitals';
  assert pg_temp.refuses($q$insert into public.locations (user_id, location_type, latitude, recorded_at) values (auth.uid(), 'place', 1, now())$q$, '23514', 'coordinates'), 'both coordinates or neither';
  assert pg_temp.refuses($q$insert into public.locations (user_id, location_type, latitude, longitude, recorded_at) values (auth.uid(), 'place', 91, 0, now())$q$, '23514', 'latitude'), 'coordinates on this planet';
  assert pg_temp.refuses($q$insert into public.locations (user_id, location_type, latitude, longitude, recorded_at) values (auth.uid(), 'place', 'NaN', 0, now())$q$, '23514', 'latitude'), 'a place that is a number';

  -- Room for ciphertext, and no more than that.
  insert into public.documents (user_id, title, document_type, storage_key, document_number)
  values (ada, 'd', 'contract', ada || '/d', 'hwd:' || repeat('A', 4 + 4 * (200 * 4 + 100) / 3));
  assert pg_temp.refuses($q$insert into public.documents (user_id, title, document_type, storage_key, document_number)
    values (auth.uid(), 'd', 'contract', auth.uid() || '/d', repeat('x', 201))$q$, '23514', 'document_number'), 'clear text keeps to its length';
  assert pg_temp.refuses($q$insert into public.documents (user_id, title, document_type, storage_key, document_number)
    values (auth.uid(), 'd', 'contract', auth.uid() || '/d', 'hwd:' || repeat('x', 3000))$q$, '23514', 'document_number'), 'ciphertext too';

  -- Importing twice, with and without a platform.
  insert into public.contacts (user_id, display_name, source_object_id) values (ada, 'X', 'x1');
  assert pg_temp.refuses($q$insert into public.contacts (user_id, display_name, source_object_id) values (auth.uid(), 'X', 'x1')$q$, '23505', 'uq_contacts_source'), 'one source object, one row';
  insert into public.contacts (user_id, display_name, source_object_id) values (ada, 'Y', 'x1')
  on conflict (user_id, source_platform, source_object_id) where source_object_id is not null do nothing;
  assert not found, 'and an import can lean on that';

  -- Series and their exceptions.
  insert into public.calendar_events (user_id, title, starts_at, ical_uid) values (ada, 'Series', now(), 'u1');
  assert pg_temp.refuses($q$insert into public.calendar_events (user_id, title, starts_at, ical_uid) values (auth.uid(), 'Series', now(), 'u1')$q$, '23505', 'uq_calendar_events_ical'), 'a series is there once';
  reset role;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Search
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  ada constant uuid := '00000000-0000-4000-8000-00000000000a';
begin
  perform pg_temp.become(ada, 'authenticated', 'with');
  insert into public.notes (user_id, title, content, tags) values (ada, 'Elefant', 'Der Sattel auf dem Elefanten', '{Reise}');
  assert (select count(*) from public.notes where search @@ to_tsquery('simple', 'sattel & reise')) = 1, 'title, content and tags are found';
  insert into public.notes (user_id, title, content, is_locked) values (ada, 'Geheim', 'Schatzkarte', true);
  assert (select count(*) from public.notes where search @@ to_tsquery('simple', 'schatzkarte')) = 0, 'the content of a locked note is not';
  update public.notes set is_locked = false where title = 'Geheim';
  assert (select count(*) from public.notes where search @@ to_tsquery('simple', 'schatzkarte')) = 1, 'until it is unlocked';

  -- The largest text there can be, in the worst shape for a tsvector: it must be stored, not refused.
  insert into public.web_pages (user_id, url, title, text_content)
  select ada, 'https://example.org/', 'Big', string_agg(chr(131072 + n % 40000) || '-' || n, ' ') from generate_series(1, 400000) as n;
  insert into public.notes (user_id, title, content)
  select ada, 'Big', string_agg('http://h' || n || '.example/' || n || '-x', ' ') from generate_series(1, 200000) as n;
  insert into public.emails (user_id, subject, from_address, sent_at, direction, to_addresses)
  select ada, repeat('word-s ', 20000), 'a@b.example', now(), 'received', array_agg(n || '@e.example') from generate_series(1, 50000) as n;
  reset role;
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- The audit trail, holds and erasure
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  ada       constant uuid := '00000000-0000-4000-8000-00000000000a';
  pseudonym uuid;
  event     audit.audit_events;
begin
  select audit_pseudonym into pseudonym from auth.users where id = ada;
  perform set_config('request.id', 'r-1', true);
  perform pg_temp.become(ada, 'authenticated', 'with');
  insert into public.shares (user_id, object_type, object_id, token_hash, password_hash) values (ada, 'albums', gen_random_uuid(), sha256('t'), 'slow');
  update public.shares set use_count = 1;
  update public.shares set permission = 'download', password_hash = 'other';
  reset role;

  select * into strict event from audit.audit_events where resource_type = 'public.shares' and action = 'update';
  assert event.actor_id = pseudonym and event.subject_id = pseudonym, 'actor and subject are pseudonyms';
  assert event.actor_role = 'authenticated' and event.request_id = 'r-1', 'role and request are there';
  assert event.changed_columns @> array['password_hash', 'permission'], 'what changed is named';
  assert event.before ->> 'permission' = 'view' and event.after ->> 'permission' = 'download', 'with its values';
  assert not event.after ? 'password_hash' and not event.before ? 'password_hash', 'but not those of secrets';
  assert event.xid = pg_current_xact_id(), 'and the transaction';
  assert not exists (select from audit.audit_events e where coalesce(e.before, '{}') || coalesce(e.after, '{}') ?| array['description', 'notes', 'token_hash', 'email', 'access_token']), 'no secret anywhere';
  assert not exists (select from audit.audit_events e where e.resource_id in (select u.id::text from auth.users u)), 'no account under its id';
  assert (select bool_and(octet_length(salt) = 16) and count(*) = count(distinct salt) from audit.audit_events), 'every payload has a salt of its own';

  -- A hold, then erasure.
  insert into public.legal_holds (user_id, reason) values (ada, 'Court order');
  set local role howdah_auth;
  assert pg_temp.refuses(format('delete from auth.users where id = %L', ada), '23001', 'legal hold'), 'a held account stays';
  reset role;
  update public.legal_holds set released_at = now();
  set local role service_role;
  assert audit.redact_subject(ada) > 0, 'the payload can be taken out';
  reset role;
  assert not exists (select from audit.audit_events where (subject_id = pseudonym or actor_id = pseudonym) and (before is not null or after is not null or ip is not null or salt is not null)), 'all of it';
  perform pg_temp.become(null, 'howdah_auth');
  delete from auth.users where id = ada;
  assert found, 'an account goes with everything it owns';
  reset role;
  assert not exists (select from public.consents where user_id = ada), 'consents go with their person';
  assert not exists (select from public.health_records where user_id = ada), 'records too';
  assert not exists (select from audit.audit_events where action = 'delete' and before is not null and created_at = now()
                     and resource_type not in ('public.health_records')), 'what the cascade deleted is not written down';
  assert not exists (select from audit.audit_events where before::text || coalesce(after::text, '') ~ ada::text), 'nothing names them';
  assert (select count(*) from public.user_profiles where user_id = ada) = 0, 'the profile too';
end
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- Reporting
-- ---------------------------------------------------------------------------------------------------------------
do $$
declare
  target record;
begin
  set local role howdah_readonly;
  assert pg_temp.refuses('select display_name from public.contacts', '42501'), 'no names';
  assert pg_temp.refuses('select body_text from public.emails', '42501'), 'no mail';
  assert pg_temp.refuses('select email from auth.users', '42501'), 'no addresses';
  assert pg_temp.refuses($q$update public.notes set title = 'x'$q$, '42501'), 'no writing';
  perform count(id) from auth.users;
  for target in
    select c.oid::regclass as name, string_agg(quote_ident(a.attname), ', ') as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_column_privilege(c.oid, a.attnum, 'SELECT')
    group by c.oid
  loop
    execute format('select count(*) from (select %s from %s) as t', target.columns, target.name);
  end loop;
  reset role;
end
$$;

rollback;
