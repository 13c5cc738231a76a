-- What connects rows with each other (links), with other people (shares) and with the person (notifications).


-- ---------------------------------------------------------------------------------------------------------------
-- links
-- ---------------------------------------------------------------------------------------------------------------

-- An end is named by its table and its id, so a foreign key is impossible; a check of the whole database finds ends that
-- lead nowhere. A link grants nothing: it may name an id of somebody else's row, and that row stays as invisible as it was.
create table public.links (
  id                    uuid             not null default gen_random_uuid(),
  user_id               uuid             not null,
  from_object_type      text             not null,
  from_object_id        uuid             not null,
  to_object_type        text             not null,
  to_object_id          uuid             not null,
  link_type             text             not null,
  strength              double precision not null default 1,
  is_bidirectional      boolean          not null default false,
  sort_order            integer,
  metadata              jsonb            not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint           not null default 1,
  created_at            timestamptz      not null default now(),
  updated_at            timestamptz      not null default now(),
  deleted_at            timestamptz,

  constraint links_pkey                  primary key (id),
  constraint fk_links_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_links_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_links_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_links_from_object_type check (char_length(from_object_type) <= 50 and from_object_type ~ '^[a-z][a-z0-9_]*$'),
  constraint chk_links_to_object_type   check (char_length(to_object_type) <= 50 and to_object_type ~ '^[a-z][a-z0-9_]*$'),
  constraint chk_links_link_type        check (link_type in ('contains', 'source', 'duplicate_of', 'variant_of', 'related_to', 'attached_to', 'mentions', 'depicts', 'located_at', 'reply_to')),
  constraint chk_links_strength         check (strength between 0 and 1),
  constraint chk_links_ends             check (from_object_id <> to_object_id),
  constraint chk_links_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_links_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_links_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.links                       is 'Typed edges between any two of the person''s objects: this photo depicts that contact, this receipt is the source of that transaction. @group links @owner user_id @version row_version';
comment on column public.links.id                    is 'The row''s id.';
comment on column public.links.user_id               is 'Whose it is.';
comment on column public.links.from_object_type      is 'The table of the row it starts at.';
comment on column public.links.from_object_id        is 'The row it starts at. No foreign key: the table varies.';
comment on column public.links.to_object_type        is 'The table of the row it leads to.';
comment on column public.links.to_object_id          is 'The row it leads to. No foreign key: the table varies.';
comment on column public.links.link_type             is 'What the first is to the second.';
comment on column public.links.strength              is 'How sure it is, from 0 to 1.';
comment on column public.links.is_bidirectional      is 'Whether it reads both ways.';
comment on column public.links.sort_order            is 'Its place among its siblings; lowest first.';
comment on column public.links.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.links.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.links.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.links.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.links.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.links.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.links.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.links.created_at            is 'When the row was made.';
comment on column public.links.updated_at            is 'When the row last changed.';
comment on column public.links.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_links_user_id_created_at            on public.links (user_id, created_at desc) where deleted_at is null;
create index        idx_links_user_id_updated_at            on public.links (user_id, updated_at);
create unique index uq_links_source                         on public.links (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_links_deleted_at                    on public.links (deleted_at) where deleted_at is not null;
create index        idx_links_user_id_source_integration_id on public.links (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_links_user_id_import_id             on public.links (user_id, import_id) where import_id is not null;
create unique index uq_links_edge                           on public.links (user_id, from_object_id, to_object_id, link_type) where deleted_at is null;
create index        idx_links_user_id_to_object_id          on public.links (user_id, to_object_id) where deleted_at is null;
comment on index public.idx_links_user_id_to_object_id is 'The way back; uq_links_edge serves the way there.';

create trigger trg_links_touch
  before update on public.links
  for each row execute function public.touch_row();

alter table public.links enable row level security;
alter table public.links force  row level security;

create policy owner_manages_own on public.links
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.links
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.links
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.links is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.links is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.links is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.links to authenticated, service_role;
grant select (
    id, user_id, from_object_type, from_object_id, to_object_type, to_object_id, link_type, strength,
    is_bidirectional, sort_order, source_integration_id, source_platform, source_object_id, source_hash,
    import_id, row_version, created_at, updated_at, deleted_at
  ) on public.links to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- shares
-- ---------------------------------------------------------------------------------------------------------------

create table public.shares (
  id            uuid                 not null default gen_random_uuid(),
  user_id       uuid                 not null,
  object_type   text                 not null,
  object_id     uuid                 not null,
  token_hash    public.sha256_digest not null,
  permission    text                 not null default 'view',
  expires_at    timestamptz,
  max_uses      integer,
  use_count     integer              not null default 0,
  password_hash text,
  revoked_at    timestamptz,
  metadata      jsonb                not null default '{}',
  row_version   bigint               not null default 1,
  created_at    timestamptz          not null default now(),
  updated_at    timestamptz          not null default now(),
  deleted_at    timestamptz,

  constraint shares_pkey          primary key (id),
  constraint uq_shares_token_hash unique (token_hash),
  constraint fk_shares_user       foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_shares_object_type   check (char_length(object_type) <= 50 and object_type ~ '^[a-z][a-z0-9_]*$'),
  constraint chk_shares_permission    check (permission in ('view', 'download')),
  constraint chk_shares_max_uses      check (max_uses > 0),
  constraint chk_shares_use_count     check (use_count >= 0 and use_count <= max_uses),
  constraint chk_shares_password_hash check (char_length(password_hash) <= 255),
  constraint chk_shares_metadata      check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.shares               is 'Links by which a person lets others see one of their objects. @group links @owner user_id @audit @version row_version';
comment on column public.shares.id            is 'The row''s id.';
comment on column public.shares.user_id       is 'Whose it is.';
comment on column public.shares.object_type   is 'The table of the shared row.';
comment on column public.shares.object_id     is 'The shared row. No foreign key: the table varies.';
comment on column public.shares.token_hash    is 'SHA-256 of the token in the link. @mask null';
comment on column public.shares.permission    is 'view or download.';
comment on column public.shares.expires_at    is 'When it stops working; NULL for never.';
comment on column public.shares.max_uses      is 'How often it works; NULL for any number.';
comment on column public.shares.use_count     is 'How often it was used.';
comment on column public.shares.password_hash is 'The password in front of it, as a salted slow hash; NULL for none. @mask null';
comment on column public.shares.revoked_at    is 'When it was withdrawn; NULL while it works.';
comment on column public.shares.metadata      is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.shares.row_version   is 'Counts the changes of the row; the API''s ETag.';
comment on column public.shares.created_at    is 'When the row was made.';
comment on column public.shares.updated_at    is 'When the row last changed.';
comment on column public.shares.deleted_at    is 'When the row was moved to the trash; NULL while it is live.';

create index idx_shares_user_id_created_at on public.shares (user_id, created_at desc) where deleted_at is null;
create index idx_shares_user_id_updated_at on public.shares (user_id, updated_at);
create index idx_shares_deleted_at         on public.shares (deleted_at) where deleted_at is not null;
create index idx_shares_user_id_object_id  on public.shares (user_id, object_id) where deleted_at is null;

create trigger trg_shares_touch
  before update on public.shares
  for each row execute function public.touch_row();
create trigger trg_shares_audit
  after insert or delete or update of
    object_type, object_id, token_hash, permission, expires_at, max_uses, password_hash, revoked_at, deleted_at
  on public.shares
  for each row execute function audit.record_change('id', 'user_id', 'token_hash', 'password_hash', 'metadata');

alter table public.shares enable row level security;
alter table public.shares force  row level security;

create policy owner_manages_own on public.shares
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.shares
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.shares
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.shares is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.shares is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.shares is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.shares to authenticated, service_role;
grant select (
    id, user_id, object_type, object_id, permission, expires_at, max_uses, use_count, revoked_at, row_version,
    created_at, updated_at, deleted_at
  ) on public.shares to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- notifications
-- ---------------------------------------------------------------------------------------------------------------

create table public.notifications (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  notification_type     text        not null,
  title                 text        not null,
  message               text        not null,
  priority              text        not null default 'normal',
  category              text,
  action_url            text,
  action_label          text,
  related_object_type   text,
  related_object_id     uuid,
  is_read               boolean     not null default false,
  read_at               timestamptz,
  is_archived           boolean     not null default false,
  scheduled_for         timestamptz,
  expires_at            timestamptz,
  channel               text        not null default 'in_app',
  delivered_at          timestamptz,
  dedupe_key            text,
  metadata              jsonb       not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint      not null default 1,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  deleted_at            timestamptz,

  constraint notifications_pkey                  primary key (id),
  constraint uq_notifications_user_id_dedupe_key unique (user_id, dedupe_key),
  constraint fk_notifications_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_notifications_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_notifications_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_notifications_notification_type   check (notification_type in ('system', 'alert', 'reminder', 'message', 'update', 'marketing')),
  constraint chk_notifications_title               check (char_length(title) <= 300),
  constraint chk_notifications_message             check (char_length(message) <= 1000),
  constraint chk_notifications_priority            check (priority in ('low', 'normal', 'high', 'urgent')),
  constraint chk_notifications_category            check (char_length(category) <= 100),
  constraint chk_notifications_action_url          check (char_length(action_url) <= 2048 and action_url ~ '^(/([^/\\]|$)|https?://)'),
  constraint chk_notifications_action_label        check (char_length(action_label) <= 100),
  constraint chk_notifications_related_object_type check (char_length(related_object_type) <= 100 and related_object_type ~ '^[a-z][a-z0-9_]*$'),
  constraint chk_notifications_channel             check (channel in ('in_app', 'email', 'push', 'webhook')),
  constraint chk_notifications_dedupe_key          check (char_length(dedupe_key) <= 255),
  constraint chk_notifications_read                check (is_read = (read_at is not null)),
  constraint chk_notifications_metadata            check (jsonb_typeof(metadata) = 'object'),
  constraint chk_notifications_source_platform     check (char_length(source_platform) <= 50),
  constraint chk_notifications_source_object_id    check (char_length(source_object_id) <= 255)
);

comment on table  public.notifications                       is 'Messages from the system to the person. @group links @owner user_id @version row_version';
comment on column public.notifications.id                    is 'The row''s id.';
comment on column public.notifications.user_id               is 'Whose it is.';
comment on column public.notifications.notification_type     is 'system, alert, reminder, message, update or marketing.';
comment on column public.notifications.title                 is 'The headline.';
comment on column public.notifications.message               is 'The message.';
comment on column public.notifications.priority              is 'low, normal, high or urgent.';
comment on column public.notifications.category              is 'What it is about.';
comment on column public.notifications.action_url            is 'Where a click leads: a path of this application, or an http(s) address.';
comment on column public.notifications.action_label          is 'What the button says.';
comment on column public.notifications.related_object_type   is 'The table of the row it is about.';
comment on column public.notifications.related_object_id     is 'The row it is about. No foreign key: the table varies.';
comment on column public.notifications.is_read               is 'Whether the person read it.';
comment on column public.notifications.read_at               is 'When they read it.';
comment on column public.notifications.is_archived           is 'Whether it was put away.';
comment on column public.notifications.scheduled_for         is 'Not before this; NULL for at once.';
comment on column public.notifications.expires_at            is 'Of no use after this.';
comment on column public.notifications.channel               is 'How it goes out: in_app, email, push or webhook.';
comment on column public.notifications.delivered_at          is 'When it went out.';
comment on column public.notifications.dedupe_key            is 'What keeps the same message from being sent twice.';
comment on column public.notifications.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.notifications.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.notifications.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.notifications.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.notifications.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.notifications.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.notifications.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.notifications.created_at            is 'When the row was made.';
comment on column public.notifications.updated_at            is 'When the row last changed.';
comment on column public.notifications.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_notifications_user_id_created_at            on public.notifications (user_id, created_at desc) where deleted_at is null;
create index        idx_notifications_user_id_updated_at            on public.notifications (user_id, updated_at);
create unique index uq_notifications_source                         on public.notifications (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_notifications_deleted_at                    on public.notifications (deleted_at) where deleted_at is not null;
create index        idx_notifications_user_id_source_integration_id on public.notifications (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_notifications_user_id_import_id             on public.notifications (user_id, import_id) where import_id is not null;
create index        idx_notifications_unread                        on public.notifications (user_id, created_at desc) where not is_read and deleted_at is null;
create index        idx_notifications_undelivered                   on public.notifications (scheduled_for) where delivered_at is null and deleted_at is null;
comment on index public.idx_notifications_undelivered is 'The queue of what still has to go out.';

create trigger trg_notifications_touch
  before update on public.notifications
  for each row execute function public.touch_row();

alter table public.notifications enable row level security;
alter table public.notifications force  row level security;

create policy owner_manages_own on public.notifications
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.notifications
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.notifications
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.notifications is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.notifications is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.notifications is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.notifications to authenticated, service_role;
grant select (
    id, user_id, notification_type, title, message, priority, category, action_url, action_label,
    related_object_type, related_object_id, is_read, read_at, is_archived, scheduled_for, expires_at, channel,
    delivered_at, dedupe_key, source_integration_id, source_platform, source_object_id, source_hash, import_id,
    row_version, created_at, updated_at, deleted_at
  ) on public.notifications to howdah_readonly;
