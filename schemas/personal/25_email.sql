-- Mail and the files that came with it.


-- ---------------------------------------------------------------------------------------------------------------
-- emails
-- ---------------------------------------------------------------------------------------------------------------

-- from_address is not of the domain email_address: real mail comes from MAILER-DAEMON and worse, and an archive takes it as it
-- is. It refuses control characters, so that an address can never smuggle in a header line.
--
-- The search column leaves the body out, because the body is encrypted.
create table public.emails (
  id                    uuid                 not null default gen_random_uuid(),
  user_id               uuid                 not null,
  subject               text                 not null default '',
  from_address          text                 not null,
  from_name             text,
  to_addresses          text[]               not null default '{}',
  cc_addresses          text[],
  bcc_addresses         text[],
  sent_at               timestamptz          not null,
  received_at           timestamptz,
  direction             text                 not null,
  body_text             text,
  body_html             text,
  thread_id             text,
  message_id            text,
  in_reply_to           text,
  references_ids        text[],
  has_attachments       boolean              not null default false,
  attachment_count      integer              not null default 0,
  is_read               boolean              not null default false,
  is_starred            boolean              not null default false,
  is_important          boolean              not null default false,
  labels                text[]               not null default '{}',
  size_bytes            bigint,
  headers               jsonb,
  raw_sha256            public.sha256_digest,
  raw_media_id          uuid,
  search                tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', left(coalesce(subject, ''), 20000)), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(from_name, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', from_address), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(to_addresses), 40000)), 'C')
    || setweight(to_tsvector('pg_catalog.simple', left(coalesce(public.join_words(cc_addresses), ''), 40000)), 'C')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(labels), 10000)), 'D')
  ) stored,
  metadata              jsonb                not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint               not null default 1,
  created_at            timestamptz          not null default now(),
  updated_at            timestamptz          not null default now(),
  deleted_at            timestamptz,

  constraint emails_pkey                  primary key (id),
  constraint uq_emails_user_id_id         unique (user_id, id),
  constraint fk_emails_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_emails_raw_media          foreign key (user_id, raw_media_id) references public.media (user_id, id) on delete set null (raw_media_id),
  constraint fk_emails_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_emails_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_emails_from_address     check (char_length(from_address) <= 255 and from_address !~ '[[:cntrl:]]'),
  constraint chk_emails_from_name        check (char_length(from_name) <= 255),
  constraint chk_emails_direction        check (direction in ('sent', 'received', 'draft')),
  constraint chk_emails_thread_id        check (char_length(thread_id) <= 255),
  constraint chk_emails_message_id       check (char_length(message_id) <= 998),
  constraint chk_emails_in_reply_to      check (char_length(in_reply_to) <= 998),
  constraint chk_emails_attachment_count check (attachment_count >= 0),
  constraint chk_emails_size_bytes       check (size_bytes >= 0),
  constraint chk_emails_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_emails_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_emails_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.emails                       is 'Mail, sent, received and drafted. @group mail @owner user_id @version row_version';
comment on column public.emails.id                    is 'The row''s id.';
comment on column public.emails.user_id               is 'Whose it is.';
comment on column public.emails.subject               is 'The subject.';
comment on column public.emails.from_address          is 'Who sent it. @pii email @mask email';
comment on column public.emails.from_name             is 'The name beside the sender''s address. @pii name @mask name';
comment on column public.emails.to_addresses          is 'Whom it went to. @pii email @mask null';
comment on column public.emails.cc_addresses          is 'Who got a copy. @pii email @mask null';
comment on column public.emails.bcc_addresses         is 'Who got a copy unseen. @pii email @mask null';
comment on column public.emails.sent_at               is 'When it was sent; of a draft, when it was last saved.';
comment on column public.emails.received_at           is 'When it arrived.';
comment on column public.emails.direction             is 'sent, received or draft.';
comment on column public.emails.body_text             is 'The text. @encrypt';
comment on column public.emails.body_html             is 'The text as HTML. @encrypt';
comment on column public.emails.thread_id             is 'What joins the mails of a conversation.';
comment on column public.emails.message_id            is 'Message-ID, without the angle brackets.';
comment on column public.emails.in_reply_to           is 'Message-ID of the mail it answers.';
comment on column public.emails.references_ids        is 'Message-IDs of the mails before it in the conversation.';
comment on column public.emails.has_attachments       is 'Whether files came with it.';
comment on column public.emails.attachment_count      is 'How many files came with it.';
comment on column public.emails.is_read               is 'Whether the person read it.';
comment on column public.emails.is_starred            is 'Whether the person marked it.';
comment on column public.emails.is_important          is 'Whether it was found important.';
comment on column public.emails.labels                is 'The labels or folders it is in.';
comment on column public.emails.size_bytes            is 'Its size in bytes.';
comment on column public.emails.headers               is 'All headers, as JSON. @pii @mask null';
comment on column public.emails.raw_sha256            is 'Digest of the mail as it came.';
comment on column public.emails.raw_media_id          is 'The mail as it came, in the file store.';
comment on column public.emails.search                is 'What full-text search looks through: subject, names, addresses and labels.';
comment on column public.emails.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.emails.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.emails.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.emails.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.emails.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.emails.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.emails.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.emails.created_at            is 'When the row was made.';
comment on column public.emails.updated_at            is 'When the row last changed.';
comment on column public.emails.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_emails_user_id_sent_at               on public.emails (user_id, sent_at desc) where deleted_at is null;
create index        idx_emails_user_id_updated_at            on public.emails (user_id, updated_at);
create unique index uq_emails_source                         on public.emails (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_emails_deleted_at                    on public.emails (deleted_at) where deleted_at is not null;
create index        idx_emails_user_id_source_integration_id on public.emails (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_emails_user_id_import_id             on public.emails (user_id, import_id) where import_id is not null;
create index        idx_emails_search                        on public.emails using gin (search);
create index        idx_emails_user_id_raw_media_id          on public.emails (user_id, raw_media_id) where raw_media_id is not null;
create index        idx_emails_user_id_thread_id_sent_at     on public.emails (user_id, thread_id, sent_at);
create index        idx_emails_user_id_message_id            on public.emails (user_id, message_id);
create index        idx_emails_unread                        on public.emails (user_id, sent_at desc) where not is_read and deleted_at is null;
create index        idx_emails_labels                        on public.emails using gin (labels);

create trigger trg_emails_touch
  before update on public.emails
  for each row execute function public.touch_row();

alter table public.emails enable row level security;
alter table public.emails force  row level security;

create policy owner_manages_own on public.emails
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.emails
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.emails
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.emails is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.emails is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.emails is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.emails to authenticated, service_role;
grant select (
    id, user_id, subject, sent_at, received_at, direction, thread_id, message_id, in_reply_to, references_ids,
    has_attachments, attachment_count, is_read, is_starred, is_important, labels, size_bytes, raw_sha256,
    raw_media_id, source_integration_id, source_platform, source_object_id, source_hash, import_id,
    row_version, created_at, updated_at, deleted_at
  ) on public.emails to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- email_attachments
-- ---------------------------------------------------------------------------------------------------------------

create table public.email_attachments (
  id          uuid        not null default gen_random_uuid(),
  user_id     uuid        not null,
  email_id    uuid        not null,
  media_id    uuid,
  filename    text,
  mime_type   text,
  content_id  text,
  disposition text,
  size_bytes  bigint,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),

  constraint email_attachments_pkey     primary key (id),
  constraint fk_email_attachments_user  foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_email_attachments_email foreign key (user_id, email_id) references public.emails (user_id, id) on delete cascade,
  constraint fk_email_attachments_media foreign key (user_id, media_id) references public.media (user_id, id) on delete set null (media_id),
  constraint chk_email_attachments_filename    check (char_length(filename) <= 255),
  constraint chk_email_attachments_mime_type   check (char_length(mime_type) <= 100),
  constraint chk_email_attachments_content_id  check (char_length(content_id) <= 998),
  constraint chk_email_attachments_disposition check (disposition in ('attachment', 'inline')),
  constraint chk_email_attachments_size_bytes  check (size_bytes >= 0)
);

comment on table  public.email_attachments             is 'Files that came with a mail. @group mail @owner user_id';
comment on column public.email_attachments.id          is 'The row''s id.';
comment on column public.email_attachments.user_id     is 'Whose it is.';
comment on column public.email_attachments.email_id    is 'The mail.';
comment on column public.email_attachments.media_id    is 'Its bytes, once they are in the file store.';
comment on column public.email_attachments.filename    is 'The name it was sent under.';
comment on column public.email_attachments.mime_type   is 'Its media type.';
comment on column public.email_attachments.content_id  is 'Content-ID, by which the HTML text refers to it.';
comment on column public.email_attachments.disposition is 'attachment or inline.';
comment on column public.email_attachments.size_bytes  is 'Its size in bytes.';
comment on column public.email_attachments.created_at  is 'When the row was made.';
comment on column public.email_attachments.updated_at  is 'When the row last changed.';

create index idx_email_attachments_user_id_email_id on public.email_attachments (user_id, email_id);
create index idx_email_attachments_user_id_media_id on public.email_attachments (user_id, media_id) where media_id is not null;

create trigger trg_email_attachments_updated_at
  before update on public.email_attachments
  for each row execute function public.set_updated_at();

alter table public.email_attachments enable row level security;
alter table public.email_attachments force  row level security;

create policy owner_manages_own on public.email_attachments
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.email_attachments
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.email_attachments
  for select to howdah_readonly
  using (true);
comment on policy owner_manages_own   on public.email_attachments is 'A person sees and writes their own rows.';
comment on policy service_manages_all on public.email_attachments is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.email_attachments is 'Reporting reads the rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.email_attachments to authenticated, service_role;
grant select (
    id, user_id, email_id, media_id, filename, mime_type, content_id, disposition, size_bytes, created_at,
    updated_at
  ) on public.email_attachments to howdah_readonly;
