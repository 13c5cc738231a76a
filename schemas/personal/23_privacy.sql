-- Consent, retention, requests under privacy law, legal holds and the ledger of erasures.
--
-- Before the models that lean on it: health_records cannot be written without a live consent.


-- ---------------------------------------------------------------------------------------------------------------
-- consents
-- ---------------------------------------------------------------------------------------------------------------

create table public.consents (
  id                  uuid                 not null default gen_random_uuid(),
  user_id             uuid                 not null,
  purpose             text                 not null,
  policy_version      text                 not null,
  policy_sha256       public.sha256_digest,
  lawful_basis        text                 not null,
  status              text                 not null,
  method              text                 not null,
  evidence            jsonb                not null default '{}',
  is_special_category boolean              not null default false,
  expires_at          timestamptz,
  created_at          timestamptz          not null default clock_timestamp(),
  updated_at          timestamptz          not null default clock_timestamp(),

  constraint consents_pkey    primary key (id),
  constraint fk_consents_user foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_consents_purpose        check (char_length(purpose) <= 100 and purpose ~ '^[a-z][a-z0-9_]*$'),
  constraint chk_consents_policy_version check (char_length(policy_version) <= 50),
  constraint chk_consents_lawful_basis   check (lawful_basis in ('consent', 'contract', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests')),
  constraint chk_consents_status         check (status in ('granted', 'withdrawn', 'expired')),
  constraint chk_consents_method         check (char_length(method) <= 100),
  constraint chk_consents_evidence       check (jsonb_typeof(evidence) = 'object')
);

comment on table  public.consents                     is 'What a person agreed to, and when they took it back. Append-only: the latest record per purpose decides, and all together are the proof. @group privacy @owner user_id @audit';
comment on column public.consents.id                  is 'The row''s id.';
comment on column public.consents.user_id             is 'Whose it is.';
comment on column public.consents.purpose             is 'What the data may be used for, such as health; one word per purpose.';
comment on column public.consents.policy_version      is 'Which version of the text the person read.';
comment on column public.consents.policy_sha256       is 'Digest of that text.';
comment on column public.consents.lawful_basis        is 'The basis under GDPR Art. 6: consent, contract, legal_obligation, vital_interests, public_task or legitimate_interests.';
comment on column public.consents.status              is 'granted, withdrawn or expired.';
comment on column public.consents.method              is 'How it was given, such as web_form.';
comment on column public.consents.evidence            is 'What shows that it was given, as a JSON object. @pii @mask null';
comment on column public.consents.is_special_category is 'Whether it is about special categories of data (GDPR Art. 9), such as health.';
comment on column public.consents.expires_at          is 'Until when a granted consent holds; NULL until withdrawn.';
comment on column public.consents.created_at          is 'When the record was made: the moment itself rather than the start of the transaction, so that the latest one is clear.';
comment on column public.consents.updated_at          is 'Equal to created_at in effect: a record never changes.';

create index idx_consents_user_id_purpose_created_at on public.consents (user_id, purpose, created_at desc, id desc);
comment on index public.idx_consents_user_id_purpose_created_at is 'The latest record per person and purpose.';

create trigger trg_consents_audit
  after insert or update or delete on public.consents
  for each row execute function audit.record_change('id', 'user_id', 'evidence');

alter table public.consents enable row level security;
alter table public.consents force  row level security;

create policy owner_reads_own on public.consents
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy owner_adds_own on public.consents
  for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy service_reads_all on public.consents
  for select to service_role
  using (true);
create policy service_appends on public.consents
  for insert to service_role
  with check (true);
create policy readonly_reads_live on public.consents
  for select to howdah_readonly
  using (true);
comment on policy owner_reads_own     on public.consents is 'A person reads what they agreed to.';
comment on policy owner_adds_own      on public.consents is 'A person gives and takes back consent by adding a record.';
comment on policy service_reads_all   on public.consents is 'Trusted server code reads every row.';
comment on policy service_appends     on public.consents is 'Trusted server code adds rows; nobody changes one.';
comment on policy readonly_reads_live on public.consents is 'Reporting reads the rows; column grants keep personal and encrypted data out.';

grant select on public.consents to authenticated;
grant insert (
    user_id, purpose, policy_version, policy_sha256, lawful_basis, status, method, evidence,
    is_special_category, expires_at
  ) on public.consents to authenticated;
grant select, insert on public.consents to service_role;
grant select (
    id, user_id, purpose, policy_version, policy_sha256, lawful_basis, status, method, is_special_category,
    expires_at, created_at, updated_at
  ) on public.consents to howdah_readonly;

create function public.keep_until_erased() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  -- The only delete is the cascade from the account, which is gone by then.
  if exists (select from auth.users u where u.id = old.user_id) then
    raise exception using
      errcode = 'insufficient_privilege',
      message = format('%s.%s is append-only: delete is refused while the account exists', tg_table_schema, tg_table_name),
      hint    = 'Add a new record that supersedes the old one.',
      schema  = tg_table_schema,
      table   = tg_table_name;
  end if;
  return old;
end
$$;
comment on function public.keep_until_erased() is
  'Trigger, before delete of a record that must stay as long as its person: refuses it unless the account has just been deleted.';

create trigger trg_consents_no_change
  before update or truncate on public.consents
  for each statement execute function public.refuse_change();
create trigger trg_consents_no_delete
  before delete on public.consents
  for each row execute function public.keep_until_erased();

create function public.require_consent() returns trigger
  language plpgsql
  set search_path = ''
as $$
declare
  needed  constant text   := tg_argv[0];
  -- What a soft delete changes by itself.
  marks   constant text[] := array['deleted_at', 'updated_at', 'row_version'];
  is_live boolean;
begin
  -- The owner is let through: restoring a backup and cascades run as the owner.
  if current_user not in ('anon', 'authenticated', 'service_role') then
    return new;
  end if;

  select c.status = 'granted' and (c.expires_at is null or c.expires_at > now())
  into is_live
  from public.consents c
  where c.user_id = new.user_id and c.purpose = needed
  order by c.created_at desc, c.id desc
  limit 1;
  if is_live then
    return new;
  end if;

  -- Whoever took their consent back can still move their rows to the trash.
  if tg_op = 'UPDATE' and new.deleted_at is not null and to_jsonb(new) - marks = to_jsonb(old) - marks then
    return new;
  end if;

  raise exception using
    errcode = 'insufficient_privilege',
    message = format('writing to %s.%s needs a live consent for the purpose "%s"', tg_table_schema, tg_table_name, needed),
    detail  = 'These are special-category data (GDPR Art. 9). The latest record per person and purpose in public.consents decides.',
    hint    = format('Add a record to public.consents with purpose "%s" and status "granted" for this person first.', needed),
    schema  = tg_table_schema,
    table   = tg_table_name;
end
$$;
comment on function public.require_consent() is
  'Trigger, before insert or update: refuses it to the API roles unless the person''s latest consent for a purpose is granted and has not run out. Argument: the purpose. Deleting, softly or not, needs no consent.';


-- ---------------------------------------------------------------------------------------------------------------
-- retention_policies
-- ---------------------------------------------------------------------------------------------------------------

create table public.retention_policies (
  id                  uuid        not null default gen_random_uuid(),
  table_name          text        not null,
  selector            jsonb,
  basis_column        text        not null,
  keep                interval    not null,
  action              text        not null,
  is_enabled          boolean     not null default false,
  last_run_at         timestamptz,
  last_affected_count bigint,
  row_version         bigint      not null default 1,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),

  constraint retention_policies_pkey primary key (id),
  constraint chk_retention_policies_table_name          check (char_length(table_name) <= 127 and table_name ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$'),
  constraint chk_retention_policies_selector            check (jsonb_typeof(selector) = 'object'),
  constraint chk_retention_policies_basis_column        check (char_length(basis_column) <= 63 and basis_column ~ '^[a-z_][a-z0-9_]*$'),
  constraint chk_retention_policies_keep                check (keep > interval '0'),
  constraint chk_retention_policies_action              check (action in ('soft_delete', 'purge', 'anonymize', 'archive')),
  constraint chk_retention_policies_last_affected_count check (last_affected_count >= 0)
);

comment on table  public.retention_policies                     is 'How long rows are kept: run by the server in small batches, first as a dry run that counts. A live legal hold wins. @group privacy @audit @version row_version';
comment on column public.retention_policies.id                  is 'The row''s id.';
comment on column public.retention_policies.table_name          is 'The table, with its schema.';
comment on column public.retention_policies.selector            is 'Which rows: an object of column and value, all of which must match; NULL for all rows.';
comment on column public.retention_policies.basis_column        is 'The time column the age is counted from.';
comment on column public.retention_policies.keep                is 'How long a row is kept.';
comment on column public.retention_policies.action              is 'What happens then: soft_delete, purge, anonymize or archive.';
comment on column public.retention_policies.is_enabled          is 'Whether it runs.';
comment on column public.retention_policies.last_run_at         is 'When it last ran.';
comment on column public.retention_policies.last_affected_count is 'How many rows it touched then.';
comment on column public.retention_policies.row_version         is 'Counts the changes of the row; the API''s ETag.';
comment on column public.retention_policies.created_at          is 'When the row was made.';
comment on column public.retention_policies.updated_at          is 'When the row last changed.';

create unique index uq_retention_policies_rule on public.retention_policies (table_name, basis_column, action, selector) nulls not distinct;

create trigger trg_retention_policies_touch
  before update on public.retention_policies
  for each row execute function public.touch_row();
create trigger trg_retention_policies_audit
  after insert or delete or update of
    table_name, selector, basis_column, keep, action, is_enabled
  on public.retention_policies
  for each row execute function audit.record_change('id', '');

alter table public.retention_policies enable row level security;
alter table public.retention_policies force  row level security;

create policy service_manages_all on public.retention_policies
  for all to service_role
  using (true)
  with check (true);
comment on policy service_manages_all on public.retention_policies is 'Trusted server code sees and writes every row.';

grant select, insert, update, delete on public.retention_policies to service_role;


-- ---------------------------------------------------------------------------------------------------------------
-- privacy_requests
-- ---------------------------------------------------------------------------------------------------------------

create table public.privacy_requests (
  id           uuid        not null default gen_random_uuid(),
  user_id      uuid        not null,
  kind         text        not null,
  state        text        not null default 'received',
  due_at       timestamptz not null default now() + interval '1 month',
  details      text,
  answer       text,
  completed_at timestamptz,
  result       jsonb,
  metadata     jsonb       not null default '{}',
  row_version  bigint      not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  deleted_at   timestamptz,

  constraint privacy_requests_pkey    primary key (id),
  constraint fk_privacy_requests_user foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_privacy_requests_kind      check (kind in ('export', 'erasure', 'rectification', 'restriction', 'objection')),
  constraint chk_privacy_requests_state     check (state in ('received', 'verified', 'in_progress', 'completed', 'rejected', 'cancelled')),
  constraint chk_privacy_requests_result    check (jsonb_typeof(result) = 'object'),
  constraint chk_privacy_requests_completed check ((state in ('completed', 'rejected', 'cancelled')) = (completed_at is not null)),
  constraint chk_privacy_requests_metadata  check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.privacy_requests              is 'What a person asked for under privacy law, and how far it is. @group privacy @owner user_id @audit @version row_version';
comment on column public.privacy_requests.id           is 'The row''s id.';
comment on column public.privacy_requests.user_id      is 'Whose it is.';
comment on column public.privacy_requests.kind         is 'What is asked: export, erasure, rectification, restriction or objection.';
comment on column public.privacy_requests.state        is 'How far it is: received, verified, in_progress, completed, rejected or cancelled.';
comment on column public.privacy_requests.due_at       is 'When it must be answered: within one month (GDPR Art. 12).';
comment on column public.privacy_requests.details      is 'What the person wrote. @pii @mask null';
comment on column public.privacy_requests.answer       is 'What they were told. @pii @mask null';
comment on column public.privacy_requests.completed_at is 'When it was done or refused.';
comment on column public.privacy_requests.result       is 'Where the result lies and what it counts, as a JSON object. @pii @mask null';
comment on column public.privacy_requests.metadata     is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.privacy_requests.row_version  is 'Counts the changes of the row; the API''s ETag.';
comment on column public.privacy_requests.created_at   is 'When the row was made.';
comment on column public.privacy_requests.updated_at   is 'When the row last changed.';
comment on column public.privacy_requests.deleted_at   is 'When the row was moved to the trash; NULL while it is live.';

create index idx_privacy_requests_user_id_created_at on public.privacy_requests (user_id, created_at desc) where deleted_at is null;
create index idx_privacy_requests_user_id_updated_at on public.privacy_requests (user_id, updated_at);
create index idx_privacy_requests_deleted_at         on public.privacy_requests (deleted_at) where deleted_at is not null;
create index idx_privacy_requests_open               on public.privacy_requests (due_at) where state in ('received', 'verified', 'in_progress') and deleted_at is null;
comment on index public.idx_privacy_requests_open is 'Open requests by deadline.';

create trigger trg_privacy_requests_touch
  before update on public.privacy_requests
  for each row execute function public.touch_row();
create trigger trg_privacy_requests_audit
  after insert or update or delete on public.privacy_requests
  for each row execute function audit.record_change('id', 'user_id', 'details', 'answer', 'result', 'metadata');

alter table public.privacy_requests enable row level security;
alter table public.privacy_requests force  row level security;

create policy owner_manages_own on public.privacy_requests
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.privacy_requests
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.privacy_requests
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.privacy_requests is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.privacy_requests is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.privacy_requests is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select on public.privacy_requests to authenticated;
grant insert (user_id, kind, details) on public.privacy_requests to authenticated;
grant select, insert, update, delete on public.privacy_requests to service_role;
grant select (
    id, user_id, kind, state, due_at, completed_at, row_version, created_at, updated_at, deleted_at
  ) on public.privacy_requests to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- legal_holds
-- ---------------------------------------------------------------------------------------------------------------

create table public.legal_holds (
  id          uuid        not null default gen_random_uuid(),
  user_id     uuid        not null,
  reason      text        not null,
  reference   text,
  placed_by   text,
  starts_at   timestamptz not null default now(),
  released_at timestamptz,
  row_version bigint      not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),

  constraint legal_holds_pkey    primary key (id),
  constraint fk_legal_holds_user foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_legal_holds_reason      check (char_length(reason) <= 1000),
  constraint chk_legal_holds_reference   check (char_length(reference) <= 200),
  constraint chk_legal_holds_placed_by   check (char_length(placed_by) <= 200),
  constraint chk_legal_holds_released_at check (released_at >= starts_at)
);

comment on table  public.legal_holds             is 'Reasons to keep a person''s data although something else would delete it. As long as one is live the account cannot be deleted. Not shown to the person: it may be part of an investigation. @group privacy @audit @version row_version';
comment on column public.legal_holds.id          is 'The row''s id.';
comment on column public.legal_holds.user_id     is 'Whose it is.';
comment on column public.legal_holds.reason      is 'Why.';
comment on column public.legal_holds.reference   is 'The case it belongs to.';
comment on column public.legal_holds.placed_by   is 'Who ordered it. @pii name @mask null';
comment on column public.legal_holds.starts_at   is 'From when it holds.';
comment on column public.legal_holds.released_at is 'When it was lifted; NULL while it is live.';
comment on column public.legal_holds.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public.legal_holds.created_at  is 'When the row was made.';
comment on column public.legal_holds.updated_at  is 'When the row last changed.';

create index idx_legal_holds_user_id_released_at on public.legal_holds (user_id, released_at);

create trigger trg_legal_holds_touch
  before update on public.legal_holds
  for each row execute function public.touch_row();
create trigger trg_legal_holds_audit
  after insert or update or delete on public.legal_holds
  for each row execute function audit.record_change('id', 'user_id', 'placed_by');

alter table public.legal_holds enable row level security;
alter table public.legal_holds force  row level security;

create policy service_manages_all on public.legal_holds
  for all to service_role
  using (true)
  with check (true);
comment on policy service_manages_all on public.legal_holds is 'Trusted server code sees and writes every row.';

grant select, insert, update, delete on public.legal_holds to service_role;

create function public.refuse_while_held() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if exists (select from public.legal_holds h where h.user_id = old.id and h.released_at is null) then
    raise exception using
      errcode = 'restrict_violation',
      message = 'a live legal hold forbids deleting this account',
      hint    = 'Lift the hold first: set released_at of its row in public.legal_holds.',
      schema  = tg_table_schema,
      table   = tg_table_name;
  end if;
  return old;
end
$$;
comment on function public.refuse_while_held() is
  'Trigger, before delete of an account: refuses it while a legal hold is live. Runs as the owner, because the role that deletes accounts cannot read holds.';

create trigger trg_users_legal_hold
  before delete on auth.users
  for each row execute function public.refuse_while_held();


-- ---------------------------------------------------------------------------------------------------------------
-- erasure_ledger
-- ---------------------------------------------------------------------------------------------------------------

create table public.erasure_ledger (
  id                uuid                 not null default gen_random_uuid(),
  subject_hmac      public.sha256_digest not null,
  counts            jsonb                not null default '{}',
  key_versions      jsonb                not null default '{}',
  requested_at      timestamptz,
  erased_at         timestamptz          not null default now(),
  receipt_signature bytea,
  created_at        timestamptz          not null default now(),
  updated_at        timestamptz          not null default now(),

  constraint erasure_ledger_pkey primary key (id),
  constraint chk_erasure_ledger_counts       check (jsonb_typeof(counts) = 'object'),
  constraint chk_erasure_ledger_key_versions check (jsonb_typeof(key_versions) = 'object')
);

comment on table  public.erasure_ledger                   is 'That somebody was erased, without saying who: no personal data and no foreign key. Kept outside the database as well and replayed after every restore. @group privacy';
comment on column public.erasure_ledger.id                is 'The row''s id.';
comment on column public.erasure_ledger.subject_hmac      is 'HMAC-SHA-256 of the account''s id under a key kept outside the database: proves an erasure to whoever knows the id.';
comment on column public.erasure_ledger.counts            is 'How many rows and files went, by table, as a JSON object.';
comment on column public.erasure_ledger.key_versions      is 'Which versions of the data key were destroyed, as a JSON object.';
comment on column public.erasure_ledger.requested_at      is 'When the person asked.';
comment on column public.erasure_ledger.erased_at         is 'When it was done.';
comment on column public.erasure_ledger.receipt_signature is 'The signature under the receipt the person got.';
comment on column public.erasure_ledger.created_at        is 'When the row was made.';
comment on column public.erasure_ledger.updated_at        is 'When the row last changed.';

create index idx_erasure_ledger_subject_hmac on public.erasure_ledger (subject_hmac);


alter table public.erasure_ledger enable row level security;
alter table public.erasure_ledger force  row level security;

create policy service_reads_all on public.erasure_ledger
  for select to service_role
  using (true);
create policy service_appends on public.erasure_ledger
  for insert to service_role
  with check (true);
comment on policy service_reads_all on public.erasure_ledger is 'Trusted server code reads every row.';
comment on policy service_appends   on public.erasure_ledger is 'Trusted server code adds rows; nobody changes one.';

grant select, insert on public.erasure_ledger to service_role;

create trigger trg_erasure_ledger_no_change
  before update or delete or truncate on public.erasure_ledger
  for each statement execute function public.refuse_change();
