-- The audit trail: who did what to which row, written in the same transaction as the change.
--
-- Append-only twice: no role has UPDATE, DELETE or TRUNCATE, and triggers refuse them even to the owner. The one change
-- there is takes the payload (before, after, address, salt) out of an event when a person is erased; the digest of the
-- payload stays in the event's seal, and the chain of seals covers the digest, so the trail still verifies.
--
-- Written at the price of the write itself, so what an event costs is kept down: values are checked by the functions that
-- write them instead of by CHECKs, which PostgreSQL parses anew in every statement (six were a seventh of an event's cost), the
-- primary key is at the same time the order of sealing, and digests are made by the sealer.
--
-- People appear under auth.users.audit_pseudonym, never under their id. Deleting the account deletes the link.
--
-- Partitioned by month, so that old months leave by being detached instead of by a DELETE. Months are not part of the
-- schema: audit.create_partitions() makes them, and whatever comes before it has run lands in the default partition.
--
-- Seals are written later, by howdah_sealer: chaining inside the writing transaction would make all writers queue.


-- ---------------------------------------------------------------------------------------------------------------
-- audit_events
-- ---------------------------------------------------------------------------------------------------------------

create table audit.audit_events (
  id              bigint      not null generated always as identity,
  created_at      timestamptz not null default now(),
  xid             xid8        not null default pg_current_xact_id(),
  actor_id        uuid,
  actor_role      text        not null,
  -- howdah:allow undeclared-foreign-key: the trail outlives sessions
  session_id      uuid,
  -- howdah:allow undeclared-foreign-key: the trail outlives keys
  api_key_id      uuid,
  action          text        not null,
  resource_type   text        not null,
  resource_id     text,
  subject_id      uuid,
  changed_columns text[],
  before          jsonb,
  after           jsonb,
  ip              inet,
  request_id      text,
  salt            bytea,
  updated_at      timestamptz not null default now(),

  -- The order of sealing: by id alone a transaction that committed late would be skipped.
  constraint audit_events_pkey primary key (xid, id, created_at)
) partition by range (created_at);

comment on table  audit.audit_events                 is 'The audit trail: one row per audited change, read or sign-in event. Append-only, partitioned by month. @group audit @partitions';
comment on column audit.audit_events.id              is 'Rises with each event; with xid it gives the order of sealing. Gaps are normal: a transaction that rolled back leaves one.';
comment on column audit.audit_events.created_at      is 'When the transaction that wrote the event began; decides the partition.';
comment on column audit.audit_events.xid             is 'The transaction that wrote the event. Once it lies below the oldest one still running, no earlier event can appear any more and the event may be sealed.';
comment on column audit.audit_events.actor_id        is 'Who did it, as a pseudonym (auth.users.audit_pseudonym); NULL for the server itself, or if the account is gone. No foreign key: the trail outlives accounts.';
comment on column audit.audit_events.actor_role      is 'The database role it was done under.';
comment on column audit.audit_events.session_id      is 'The session it was done in. No foreign key: the trail outlives sessions.';
comment on column audit.audit_events.api_key_id      is 'The API key it was done with. No foreign key: the trail outlives keys.';
comment on column audit.audit_events.action          is 'What was done: insert, update, delete, read, or a name of the application such as login_failed.';
comment on column audit.audit_events.resource_type   is 'The table, with its schema, or another kind of thing.';
comment on column audit.audit_events.resource_id     is 'The key of the row, as text, of which the first 255 characters; of an account its pseudonym. No foreign key: the trail outlives rows.';
comment on column audit.audit_events.subject_id      is 'Whose data it was, as a pseudonym; NULL if nobody''s, or if the person is gone.';
comment on column audit.audit_events.changed_columns is 'Of an update: the names of all columns that changed, those whose values are withheld included.';
comment on column audit.audit_events.before          is 'The values before: of an update the changed ones, of a delete all; masked and encrypted columns are left out. @pii @mask null';
comment on column audit.audit_events.after           is 'The values after: of an update the changed ones, of an insert all; masked and encrypted columns are left out. @pii @mask null';
comment on column audit.audit_events.ip              is 'The address the request came from. @pii ip @mask null';
comment on column audit.audit_events.request_id      is 'The request, as it stands in the server''s log.';
comment on column audit.audit_events.salt            is 'Random bytes that keep the digest of the payload, which stands in the seal, from being guessed; taken out together with the payload. @mask null';
comment on column audit.audit_events.updated_at      is 'When the payload was taken out; equal to created_at until then.';

create index idx_audit_events_resource    on audit.audit_events (resource_type, resource_id, created_at desc);
create index idx_audit_events_subject_id  on audit.audit_events (subject_id, created_at desc) where subject_id is not null;
create index idx_audit_events_actor_id    on audit.audit_events (actor_id, created_at desc) where actor_id is not null;

create table audit.audit_events_default partition of audit.audit_events default;
comment on table audit.audit_events_default is 'Events of months that have no partition yet, so that writing one never fails. @group audit';

alter table audit.audit_events         enable row level security;
alter table audit.audit_events         force  row level security;
alter table audit.audit_events_default enable row level security;
alter table audit.audit_events_default force  row level security;

-- A policy decides about rows, a privilege about the statement: only the owner, who inherits service_role, may insert or
-- update at all, and only through the functions below.
create policy service_reads_all on audit.audit_events
  for select to service_role using (true);
create policy sealer_reads_all on audit.audit_events
  for select to howdah_sealer using (true);
create policy owner_appends on audit.audit_events
  for insert to service_role with check (true);
create policy owner_redacts on audit.audit_events
  for update to service_role using (true) with check (true);
comment on policy service_reads_all on audit.audit_events is 'The service role reads the trail.';
comment on policy sealer_reads_all  on audit.audit_events is 'The sealer reads what it chains.';
comment on policy owner_appends     on audit.audit_events is 'For the trigger functions, which run as the owner; service_role itself lacks the privilege.';
comment on policy owner_redacts     on audit.audit_events is 'For audit.redact_subject(), which runs as the owner; service_role itself lacks the privilege.';

grant select on audit.audit_events to service_role, howdah_sealer;


-- ---------------------------------------------------------------------------------------------------------------
-- seals
-- ---------------------------------------------------------------------------------------------------------------

create table audit.seals (
  sequence_number  bigint               not null,
  event_id         bigint               not null,
  event_created_at timestamptz          not null,
  event_xid        xid8                 not null,
  event_sha256     public.sha256_digest not null,
  payload_sha256   public.sha256_digest,
  chain_sha256     public.sha256_digest not null,
  created_at       timestamptz          not null default now(),
  updated_at       timestamptz          not null default now(),

  constraint seals_pkey                primary key (sequence_number),
  constraint uq_seals_event_id         unique (event_id),
  constraint chk_seals_sequence_number check (sequence_number >= 1)
);

comment on table  audit.seals                  is 'One seal per event: each digest takes in the one before, so that no event can be changed, removed or slipped in unseen. @group audit';
comment on column audit.seals.sequence_number  is 'The place in the chain, from 1 without a gap.';
comment on column audit.seals.event_id         is 'The sealed event. No foreign key: a missing event must show, not be prevented from showing.';
comment on column audit.seals.event_created_at is 'The event''s time, to find its partition by.';
comment on column audit.seals.event_xid        is 'The event''s transaction; with event_id the place up to which the trail is sealed.';
comment on column audit.seals.event_sha256     is 'SHA-256 of the event without its payload.';
comment on column audit.seals.payload_sha256   is 'SHA-256 over the event''s salt and the UTF-8 text of the JSON object {before, after, ip}. Stays when the payload is taken out; NULL if it had been by then.';
comment on column audit.seals.chain_sha256     is 'SHA-256 over the previous seal''s chain_sha256 and all of this seal.';
comment on column audit.seals.created_at       is 'When the event was sealed.';
comment on column audit.seals.updated_at       is 'Equal to created_at: a seal never changes.';

alter table audit.seals enable row level security;
alter table audit.seals force  row level security;

create policy service_reads_all on audit.seals
  for select to service_role using (true);
create policy sealer_reads_all on audit.seals
  for select to howdah_sealer using (true);
create policy sealer_appends on audit.seals
  for insert to howdah_sealer with check (true);
comment on policy service_reads_all on audit.seals is 'The service role reads seals to verify the trail.';
comment on policy sealer_reads_all  on audit.seals is 'The sealer reads the end of the chain.';
comment on policy sealer_appends    on audit.seals is 'The sealer adds to the chain.';

grant select         on audit.seals to service_role;
grant select, insert on audit.seals to howdah_sealer;


-- ---------------------------------------------------------------------------------------------------------------
-- checkpoints
-- ---------------------------------------------------------------------------------------------------------------

create table audit.checkpoints (
  id              uuid                 not null default gen_random_uuid(),
  sequence_number bigint               not null,
  previous_number bigint               not null,
  chain_sha256    public.sha256_digest not null,
  key_name        text                 not null,
  signature       bytea                not null,
  anchor          jsonb,
  anchored_at     timestamptz,
  created_at      timestamptz          not null default now(),
  updated_at      timestamptz          not null default now(),

  constraint checkpoints_pkey                primary key (id),
  constraint uq_checkpoints_sequence_number  unique (sequence_number, key_name),
  constraint fk_checkpoints_seal             foreign key (sequence_number) references audit.seals (sequence_number) on delete restrict,
  constraint chk_checkpoints_previous_number check (previous_number >= 0 and previous_number < sequence_number),
  constraint chk_checkpoints_key_name        check (char_length(key_name) between 1 and 100),
  constraint chk_checkpoints_signature       check (octet_length(signature) = 64),
  constraint chk_checkpoints_anchor          check ((anchor is null) = (anchored_at is null))
);

comment on table  audit.checkpoints                 is 'Signed statements that the chain had this digest at this length: what holds the end of the trail in place. The signing key lives outside the database. @group audit';
comment on column audit.checkpoints.id              is 'The checkpoint''s id.';
comment on column audit.checkpoints.sequence_number is 'The seal it vouches for, and with it all before.';
comment on column audit.checkpoints.previous_number is 'The sequence_number of the checkpoint before, 0 for the first: one that was taken out leaves a gap.';
comment on column audit.checkpoints.chain_sha256    is 'That seal''s chain_sha256, as signed.';
comment on column audit.checkpoints.key_name        is 'Which key signed: ed25519: and the public key in hexadecimal.';
comment on column audit.checkpoints.signature       is 'The Ed25519 signature over all of the above, 64 bytes.';
comment on column audit.checkpoints.anchor          is 'Where the checkpoint was deposited outside, the receipt for it, and a signature of both.';
comment on column audit.checkpoints.anchored_at     is 'When it was deposited; NULL until then. Set once.';
comment on column audit.checkpoints.created_at      is 'When it was signed.';
comment on column audit.checkpoints.updated_at      is 'When it was anchored; equal to created_at until then.';

alter table audit.checkpoints enable row level security;
alter table audit.checkpoints force  row level security;

create policy service_reads_all on audit.checkpoints
  for select to service_role using (true);
create policy sealer_reads_all on audit.checkpoints
  for select to howdah_sealer using (true);
create policy sealer_appends on audit.checkpoints
  for insert to howdah_sealer with check (true);
create policy sealer_anchors on audit.checkpoints
  for update to howdah_sealer using (anchored_at is null) with check (true);
comment on policy service_reads_all on audit.checkpoints is 'The service role reads checkpoints to verify the trail.';
comment on policy sealer_reads_all  on audit.checkpoints is 'The sealer finds the last checkpoint.';
comment on policy sealer_appends    on audit.checkpoints is 'The sealer adds a checkpoint it has signed.';
comment on policy sealer_anchors    on audit.checkpoints is 'The sealer notes once where a checkpoint was deposited.';

grant select                      on audit.checkpoints to service_role;
grant select, insert              on audit.checkpoints to howdah_sealer;
grant update (anchor, anchored_at) on audit.checkpoints to howdah_sealer;


-- ---------------------------------------------------------------------------------------------------------------
-- dropped_partitions
-- ---------------------------------------------------------------------------------------------------------------

create table audit.dropped_partitions (
  partition_name       text                 not null,
  starts_at            timestamptz          not null,
  ends_at              timestamptz          not null,
  event_count          bigint               not null,
  last_sequence_number bigint               not null,
  seals_sha256         public.sha256_digest not null,
  key_name             text                 not null,
  signature            bytea                not null,
  created_at           timestamptz          not null default now(),
  updated_at           timestamptz          not null default now(),

  constraint dropped_partitions_pkey                     primary key (partition_name),
  constraint chk_dropped_partitions_partition_name       check (partition_name ~ '^audit_events_[0-9]{4}_[0-9]{2}$'),
  constraint chk_dropped_partitions_ends_at              check (ends_at > starts_at),
  constraint chk_dropped_partitions_event_count          check (event_count >= 0),
  constraint chk_dropped_partitions_last_sequence_number check (last_sequence_number >= 0),
  constraint chk_dropped_partitions_key_name             check (char_length(key_name) between 1 and 100),
  constraint chk_dropped_partitions_signature            check (octet_length(signature) = 64)
);

comment on table  audit.dropped_partitions                      is 'Signed statements that a month was verified and then dropped by retention. The seals of its events stay; without such a statement a seal without its event is a finding. @group audit';
comment on column audit.dropped_partitions.partition_name       is 'The partition that was dropped.';
comment on column audit.dropped_partitions.starts_at            is 'The beginning of its month.';
comment on column audit.dropped_partitions.ends_at              is 'The end of its month, exclusive.';
comment on column audit.dropped_partitions.event_count          is 'How many events it held; so many seals may be without theirs, and no more.';
comment on column audit.dropped_partitions.last_sequence_number is 'The last seal of an event in it; 0 if it held none.';
comment on column audit.dropped_partitions.seals_sha256         is 'SHA-256 over the sequence numbers and chain digests of the seals of its events, in order.';
comment on column audit.dropped_partitions.key_name             is 'Which key signed: ed25519: and the public key in hexadecimal.';
comment on column audit.dropped_partitions.signature            is 'The Ed25519 signature over all of the above, 64 bytes.';
comment on column audit.dropped_partitions.created_at           is 'When it was dropped.';
comment on column audit.dropped_partitions.updated_at           is 'Equal to created_at: such a statement never changes.';

alter table audit.dropped_partitions enable row level security;
alter table audit.dropped_partitions force  row level security;

create policy service_reads_all on audit.dropped_partitions
  for select to service_role using (true);
create policy sealer_reads_all on audit.dropped_partitions
  for select to howdah_sealer using (true);
create policy sealer_appends on audit.dropped_partitions
  for insert to howdah_sealer with check (true);
comment on policy service_reads_all on audit.dropped_partitions is 'The service role reads them to verify the trail.';
comment on policy sealer_reads_all  on audit.dropped_partitions is 'The sealer sees what it has dropped.';
comment on policy sealer_appends    on audit.dropped_partitions is 'The sealer vouches for what it is about to drop.';

grant select         on audit.dropped_partitions to service_role;
grant select, insert on audit.dropped_partitions to howdah_sealer;
