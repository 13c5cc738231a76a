-- What writes the audit trail, what protects it, and what makes its months.
--
-- The functions that write run as the owner (SECURITY DEFINER), because the roles that cause an event must not be able to
-- write one by hand. They take nothing from their caller but values, and fix their search_path.


-- ---------------------------------------------------------------------------------------------------------------
-- Protection
-- ---------------------------------------------------------------------------------------------------------------

create function audit.allow_redaction_only() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  payload constant text[] := array['before', 'after', 'ip', 'salt', 'updated_at'];
begin
  if old.salt is not null
     and new.before is null and new.after is null and new.ip is null and new.salt is null
     and to_jsonb(new) - payload = to_jsonb(old) - payload then
    return new;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s.%s is append-only: update is refused', tg_table_schema, tg_table_name),
    hint    = 'The payload of a person''s events is taken out by audit.redact_subject().',
    schema  = tg_table_schema,
    table   = tg_table_name;
end
$$;
comment on function audit.allow_redaction_only() is
  'Trigger, before update of an audit event: lets the payload be taken out, once, and refuses every other change.';

create function audit.allow_anchoring_only() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  anchor constant text[] := array['anchor', 'anchored_at', 'updated_at'];
begin
  if old.anchored_at is null and to_jsonb(new) - anchor = to_jsonb(old) - anchor then
    new.updated_at := now();
    return new;
  end if;
  raise exception using
    errcode = 'insufficient_privilege',
    message = format('%s.%s is append-only: update is refused', tg_table_schema, tg_table_name),
    hint    = 'Only the anchor of a checkpoint that has none can be set.',
    schema  = tg_table_schema,
    table   = tg_table_name;
end
$$;
comment on function audit.allow_anchoring_only() is
  'Trigger, before update of a checkpoint: lets its anchor be set, once, and refuses every other change.';

-- Row triggers reach every partition, also one attached by hand. Statement triggers refuse a DELETE that row-level
-- security has left without rows, which would otherwise look like success; partitions do not inherit them.
create trigger trg_audit_events_redaction
  before update on audit.audit_events
  for each row execute function audit.allow_redaction_only();
create trigger trg_audit_events_no_delete
  before delete on audit.audit_events
  for each row execute function public.refuse_change();
create trigger trg_audit_events_no_purge
  before delete or truncate on audit.audit_events
  for each statement execute function public.refuse_change();
create trigger trg_audit_events_default_no_purge
  before delete or truncate on audit.audit_events_default
  for each statement execute function public.refuse_change();

create trigger trg_seals_no_change
  before update or delete or truncate on audit.seals
  for each statement execute function public.refuse_change();

create trigger trg_checkpoints_anchoring
  before update on audit.checkpoints
  for each row execute function audit.allow_anchoring_only();
create trigger trg_checkpoints_no_purge
  before delete or truncate on audit.checkpoints
  for each statement execute function public.refuse_change();

create trigger trg_dropped_partitions_no_change
  before update or delete or truncate on audit.dropped_partitions
  for each statement execute function public.refuse_change();


-- ---------------------------------------------------------------------------------------------------------------
-- Writing
-- ---------------------------------------------------------------------------------------------------------------

create function audit.payload_digest(salt bytea, before jsonb, after jsonb, ip inet) returns bytea
  language sql immutable parallel safe
  set search_path = ''
as $$
  select sha256(salt || convert_to(jsonb_build_object('before', before, 'after', after, 'ip', host(ip))::text, 'UTF8'))
$$;
comment on function audit.payload_digest(bytea, jsonb, jsonb, inet) is
  'The digest that a seal keeps of its event''s payload: SHA-256 over the salt and the JSON object {before, after, ip} as PostgreSQL prints jsonb. For who wants to check one in SQL: the sealer and verifying make their own.';

create function audit.append(
  action          text,
  resource_type   text,
  resource_id     text,
  actor_id        uuid,
  subject_id      uuid,
  changed_columns text[],
  before          jsonb,
  after           jsonb,
  ip              inet,
  actor_role      text default null
) returns void
  language plpgsql security definer
  set search_path = ''
as $$
declare
  claims constant jsonb := auth.jwt();
begin
  if append.action !~ '^[a-z][a-z0-9_.]{0,99}$' or append.action is null
     or char_length(append.resource_type) > 127 or char_length(append.resource_id) > 255
     or char_length(append.actor_role) > 63 then
    raise exception using
      errcode = 'check_violation',
      message = format('an event cannot be written about %L: its action, kind, key or role is not of the form it has to be', append.action),
      hint    = 'An action is at most 100 lower-case letters, digits, dots and underscores; a kind has at most 127 characters, a key 255, a role 63.',
      schema  = 'audit',
      table   = 'audit_events';
  end if;
  insert into audit.audit_events (
    actor_id, actor_role, session_id, api_key_id, action, resource_type, resource_id,
    subject_id, changed_columns, before, after, ip, request_id, salt)
  values (
    append.actor_id,
    coalesce(append.actor_role, nullif(current_setting('role'), 'none'), session_user),
    nullif(claims ->> 'session_id', '')::uuid,
    nullif(claims ->> 'api_key_id', '')::uuid,
    append.action, append.resource_type, append.resource_id,
    append.subject_id, append.changed_columns,
    -- The digest tells neither a null from a JSON null, nor one netmask from another: so there is one form of each.
    nullif(append.before, 'null'),
    nullif(append.after, 'null'),
    host(append.ip)::inet,
    left(nullif(current_setting('request.id', true), ''), 100),
    -- 122 random bits.
    uuid_send(gen_random_uuid()));
end
$$;
comment on function audit.append(text, text, text, uuid, uuid, text[], jsonb, jsonb, inet, text) is
  'Writes one event; session, key and request come from the settings of the transaction, and so does the role unless it is named. For the functions below only.';

-- Called for every row that is written, so it is one function with one INSERT a call: what is not there (claims, an owner) costs
-- one comparison, and the differences of an update are found by the INSERT itself. Each expression that PL/pgSQL evaluates by
-- itself is set up anew in every transaction, hence as few of them as can be. It writes by itself instead of through
-- audit.append(), which would cost as much again, and gives it nothing that would have to be checked.
create function audit.record_change() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  old_row    jsonb;
  new_row    jsonb;
  claims     jsonb;
  caller     uuid;
  session_id uuid;
  api_key_id uuid;
  owner_id   uuid;
  is_gone    boolean;
  subject    uuid;
  actor      uuid;
begin
  if tg_argv[1] <> '' or current_setting('request.jwt.claims', true) <> '' then
    if tg_argv[1] <> '' then
      new_row  := coalesce(to_jsonb(new), to_jsonb(old));
      owner_id := (new_row ->> tg_argv[1])::uuid;
      select u.audit_pseudonym into subject from auth.users u where u.id = owner_id;
      is_gone := not found;
      -- The account's own row still knows its pseudonym when it goes.
      subject := coalesce(subject, (new_row ->> 'audit_pseudonym')::uuid);
    end if;

    claims     := auth.jwt();
    session_id := nullif(claims ->> 'session_id', '')::uuid;
    api_key_id := nullif(claims ->> 'api_key_id', '')::uuid;
    caller     := nullif(claims ->> 'sub', '')::uuid;
    if caller = owner_id then
      actor := subject;
    elsif caller is not null then
      select u.audit_pseudonym into actor from auth.users u where u.id = caller;
    end if;
  end if;

  -- The id of an account beside its pseudonym would be the very link that erasure cuts. Withheld are the columns named by the
  -- arguments from the third on, and the bookkeeping ones, because they say nothing that the event does not. A row that goes
  -- because its person goes: the trail keeps that it went, not what it said.
  if tg_op = 'UPDATE' then
    old_row := to_jsonb(old);
    new_row := to_jsonb(new);
    insert into audit.audit_events (
      actor_id, actor_role, session_id, api_key_id, action, resource_type, resource_id,
      subject_id, changed_columns, before, after, ip, request_id, salt)
    select
      actor, coalesce(nullif(current_setting('role'), 'none'), session_user), session_id, api_key_id,
      'update', tg_table_schema || '.' || tg_table_name,
      case when tg_argv[0] = tg_argv[1] then subject::text else left(new_row ->> tg_argv[0], 255) end,
      subject, c.changed, case when is_gone is not true then c.before end, c.after,
      host(nullif(current_setting('request.ip', true), '')::inet)::inet,
      left(nullif(current_setting('request.id', true), ''), 100),
      -- 122 random bits.
      uuid_send(gen_random_uuid())
    from (
      select
        array_agg(n.key) as changed,
        jsonb_object_agg(n.key, old_row -> n.key) filter (where n.key <> all (tg_argv[2:])) as before,
        jsonb_object_agg(n.key, new_row -> n.key) filter (where n.key <> all (tg_argv[2:])) as after
      from (select jsonb_object_keys(new_row) as key) as n
      where new_row -> n.key is distinct from old_row -> n.key
        and n.key <> all ('{updated_at,row_version}')
    ) as c
    where c.changed is not null;
  else
    new_row := coalesce(to_jsonb(new), to_jsonb(old));
    insert into audit.audit_events (
      actor_id, actor_role, session_id, api_key_id, action, resource_type, resource_id,
      subject_id, before, after, ip, request_id, salt)
    values (
      actor, coalesce(nullif(current_setting('role'), 'none'), session_user), session_id, api_key_id,
      lower(tg_op), tg_table_schema || '.' || tg_table_name,
      case when tg_argv[0] = tg_argv[1] then subject::text else left(new_row ->> tg_argv[0], 255) end,
      subject,
      case when tg_op = 'DELETE' and is_gone is not true then new_row - (tg_argv[2:] || '{updated_at,row_version}') end,
      case when tg_op = 'INSERT' then new_row - (tg_argv[2:] || '{updated_at,row_version}') end,
      host(nullif(current_setting('request.ip', true), '')::inet)::inet,
      left(nullif(current_setting('request.id', true), ''), 100),
      uuid_send(gen_random_uuid()));
  end if;
  return null;
end
$$;
comment on function audit.record_change() is
  'Trigger, after insert, update or delete of each row: writes an audit event. Arguments: the key column, the column that owns the row (empty if nobody does), then the columns whose values never enter the trail.';

create function audit.record_event(
  action          text,
  resource_type   text,
  resource_id     text  default null,
  actor_user_id   uuid  default null,
  subject_user_id uuid  default null,
  details         jsonb default null,
  ip              inet  default null
) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform audit.append(
    record_event.action,
    record_event.resource_type,
    record_event.resource_id,
    (select u.audit_pseudonym from auth.users u where u.id = coalesce(record_event.actor_user_id, auth.uid())),
    (select u.audit_pseudonym from auth.users u where u.id = record_event.subject_user_id),
    null,
    null,
    record_event.details,
    coalesce(record_event.ip, nullif(current_setting('request.ip', true), '')::inet));
end
$$;
comment on function audit.record_event(text, text, text, uuid, uuid, jsonb, inet) is
  'Writes an event that no trigger sees, such as a sign-in, a denial or a read. The actor is the caller unless named; details must hold no secret.';

create function audit.record_read(actor_role text, resource_type text, details jsonb) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  perform audit.append(
    'read',
    record_read.resource_type,
    null,
    (select u.audit_pseudonym from auth.users u where u.id = auth.uid()),
    null,
    null,
    null,
    record_read.details,
    nullif(current_setting('request.ip', true), '')::inet,
    record_read.actor_role);
end
$$;
comment on function audit.record_read(text, text, jsonb) is
  'Writes the event of a read that the server is about to run as that role. Details say what was asked for, and hold no values.';

create function audit.redact_subject(subject_user_id uuid) returns bigint
  language plpgsql security definer
  set search_path = ''
as $$
declare
  pseudonym uuid;
  actor     uuid;
  redacted  bigint;
begin
  select u.audit_pseudonym into pseudonym from auth.users u where u.id = redact_subject.subject_user_id;
  if pseudonym is null then
    raise exception using
      errcode = 'no_data_found',
      message = format('there is no account %s', redact_subject.subject_user_id),
      hint    = 'Take the payload out before the account is deleted: afterwards nothing links it to its events.';
  end if;

  update audit.audit_events e
  set before = null, after = null, ip = null, salt = null, updated_at = now()
  where (e.subject_id = pseudonym or e.actor_id = pseudonym) and e.salt is not null;
  get diagnostics redacted = row_count;

  -- What makes an event without its payload one that was redacted rather than tampered with: its updated_at is this event's
  -- created_at. The person stands in resource_id alone, so that the next redaction leaves it as it is.
  select nullif(u.audit_pseudonym, pseudonym) into actor from auth.users u where u.id = auth.uid();
  perform audit.append(
    'redact', 'audit.audit_events', pseudonym::text, actor, null, null, null,
    jsonb_build_object('events', redacted), null);
  return redacted;
end
$$;
comment on function audit.redact_subject(uuid) is
  'Part of erasing a person: takes the payload out of every event about them or by them, before the account is deleted, writes an event that it did, and returns how many. The chain of seals stays verifiable.';

grant execute on function audit.payload_digest(bytea, jsonb, jsonb, inet)                            to service_role, howdah_sealer;
grant execute on function audit.record_event(text, text, text, uuid, uuid, jsonb, inet) to service_role, howdah_auth;
grant execute on function audit.record_read(text, text, jsonb)                          to service_role;
grant execute on function audit.redact_subject(uuid)                                    to service_role;


-- ---------------------------------------------------------------------------------------------------------------
-- Months
-- ---------------------------------------------------------------------------------------------------------------

create function audit.create_partitions(months_ahead integer default 3) returns integer
  language plpgsql security definer
  set search_path = ''
  set timezone = 'UTC'
as $$
declare
  first_month constant timestamptz := date_trunc('month', now());
  from_month  timestamptz;
  to_month    timestamptz;
  partition   text;
  described   record;
  created     integer := 0;
begin
  if months_ahead is null or months_ahead not between 0 and 24 then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = 'months_ahead must lie between 0 and 24';
  end if;
  -- Two servers that do their upkeep at the same moment take turns.
  perform pg_advisory_xact_lock('audit.audit_events'::regclass::integer, 0);

  for ahead in 0 .. months_ahead loop
    from_month := first_month + make_interval(months => ahead);
    to_month   := from_month + make_interval(months => 1);
    partition  := 'audit_events_' || to_char(from_month, 'YYYY_MM');
    continue when to_regclass(format('audit.%I', partition)) is not null;

    -- A month that already has events in the default partition: PostgreSQL refuses a partition that would claim them,
    -- so they step aside and come back. The lock this takes is short: the default partition holds little.
    if exists (select from audit.audit_events e
               where e.tableoid = 'audit.audit_events_default'::regclass
                 and e.created_at >= from_month and e.created_at < to_month) then
      alter table audit.audit_events detach partition audit.audit_events_default;
      alter table audit.audit_events_default no force row level security;
      alter table audit.audit_events_default disable trigger trg_audit_events_default_no_purge;
    end if;

    execute format('create table audit.%I partition of audit.audit_events for values from (%L) to (%L)',
                   partition, from_month, to_month);
    execute format('alter table audit.%I enable row level security', partition);
    execute format('alter table audit.%I force row level security', partition);
    execute format('create trigger %I before delete or truncate on audit.%I for each statement execute function public.refuse_change()',
                   'trg_' || partition || '_no_purge', partition);
    execute format('comment on table audit.%I is %L',
                   partition, format('Audit events of %s. @group audit', to_char(from_month, 'YYYY-MM')));

    if not (select c.relispartition from pg_class c where c.oid = 'audit.audit_events_default'::regclass) then
      insert into audit.audit_events overriding system value
      select * from audit.audit_events_default d where d.created_at >= from_month and d.created_at < to_month;
      delete from audit.audit_events_default d where d.created_at >= from_month and d.created_at < to_month;
      alter table audit.audit_events_default enable trigger trg_audit_events_default_no_purge;
      alter table audit.audit_events_default force row level security;
      alter table audit.audit_events attach partition audit.audit_events_default default;
    end if;

    for described in
      select a.attname, col_description(a.attrelid, a.attnum) as description
      from pg_attribute a
      where a.attrelid = 'audit.audit_events'::regclass and a.attnum > 0 and not a.attisdropped
    loop
      execute format('comment on column audit.%I.%I is %L', partition, described.attname, described.description);
    end loop;
    created := created + 1;
  end loop;
  return created;
end
$$;
comment on function audit.create_partitions(integer) is
  'Makes the partitions of this month and of so many months ahead, where they are missing, and returns how many it made. Rows of such a month move out of the default partition. The server calls it daily; calling it again changes nothing.';

grant execute on function audit.create_partitions(integer) to service_role, howdah_sealer;

create function audit.drop_partition(partition_name text) returns bigint
  language plpgsql security definer
  set search_path = ''
  set timezone = 'UTC'
as $$
declare
  vouched     audit.dropped_partitions;
  first_month timestamptz;
  held        bigint;
begin
  select * into vouched from audit.dropped_partitions d where d.partition_name = drop_partition.partition_name;
  if not found then
    raise exception using
      errcode = 'no_data_found',
      message = format('nothing vouches for the events of audit.%I', drop_partition.partition_name),
      hint    = 'howdah audit prune verifies a month, signs what it held, and drops it.';
  end if;
  first_month := make_timestamptz(substr(drop_partition.partition_name, 14, 4)::integer,
                                  substr(drop_partition.partition_name, 19, 2)::integer, 1, 0, 0, 0, 'UTC');
  -- The order in which DROP takes its locks, so that nothing is written between counting and dropping.
  lock table only audit.audit_events in access exclusive mode;
  select count(*) into held
  from audit.audit_events e
  where e.created_at >= first_month and e.created_at < first_month + interval '1 month'
    and e.tableoid = format('audit.%I', drop_partition.partition_name)::regclass;
  if held <> vouched.event_count
     or vouched.starts_at <> first_month or vouched.ends_at <> first_month + interval '1 month' then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('audit.%I holds %s events, and %s were vouched for', drop_partition.partition_name, held, vouched.event_count);
  end if;
  execute format('drop table audit.%I', drop_partition.partition_name);
  perform audit.append(
    'admin.drop_partition', 'audit.audit_events', drop_partition.partition_name, null, null, null, null,
    jsonb_build_object('events', held, 'starts_at', vouched.starts_at, 'ends_at', vouched.ends_at), null);
  return held;
end
$$;
comment on function audit.drop_partition(text) is
  'Drops a month whose events audit.dropped_partitions vouches for in the same number, writes an event that it did, and returns how many it held. The seals stay.';

grant execute on function audit.drop_partition(text) to howdah_sealer;


-- ---------------------------------------------------------------------------------------------------------------
-- The audited tables of schema auth
-- ---------------------------------------------------------------------------------------------------------------

-- UPDATE names the columns that matter: a sign-in counts up counters, and the server records it as an event of its own.
create trigger trg_users_audit
  after insert or delete or update of
    email, password_hash, account_type, role, is_anonymous, email_confirmed_at, is_active, banned_until, token_epoch,
    erasure_state, metadata, app_metadata, deleted_at
  on auth.users
  for each row execute function audit.record_change('id', 'id', 'email', 'password_hash', 'metadata', 'audit_pseudonym', 'id');

create trigger trg_api_keys_audit
  after insert or delete or update of name, key_hash, scopes, role, expires_at, grace_until, revoked_at
  on auth.api_keys
  for each row execute function audit.record_change('id', 'user_id', 'key_hash', 'metadata');

create trigger trg_mfa_factors_audit
  after insert or delete or update of friendly_name, secret, credential_id, public_key, confirmed_at
  on auth.mfa_factors
  for each row execute function audit.record_change('id', 'user_id', 'secret', 'credential_id', 'public_key');
