-- Contacts, and the social accounts and posts that belong to the person or to people they know.


-- ---------------------------------------------------------------------------------------------------------------
-- contacts
-- ---------------------------------------------------------------------------------------------------------------

create table public.contacts (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  kind                  text        not null default 'individual',
  display_name          text        not null,
  prefix                text,
  first_name            text,
  middle_name           text,
  last_name             text,
  suffix                text,
  nickname              text,
  email_addresses       jsonb       not null default '[]',
  email_addresses_bidx  bytea[],
  phone_numbers         jsonb       not null default '[]',
  phone_numbers_bidx    bytea[],
  addresses             jsonb       not null default '[]',
  company               text,
  job_title             text,
  website               public.url,
  photo_media_id        uuid,
  -- howdah:allow date-name: vCard's BDAY
  birthday              date,
  birthday_partial      text,
  notes                 text,
  tags                  text[]      not null default '{}',
  social_profiles       jsonb,
  is_favorite           boolean     not null default false,
  vcard_uid             text,
  -- howdah:allow timestamp-name: vCard's REV
  rev                   timestamptz,
  merged_into_id        uuid,
  search                tsvector    generated always as (
    setweight(to_tsvector('pg_catalog.simple', display_name), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(nickname, '')), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(company, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(job_title, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'C')
  ) stored,
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

  constraint contacts_pkey                  primary key (id),
  constraint uq_contacts_user_id_id         unique (user_id, id),
  constraint fk_contacts_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_contacts_photo_media        foreign key (user_id, photo_media_id) references public.media (user_id, id) on delete set null (photo_media_id),
  constraint fk_contacts_merged_into        foreign key (user_id, merged_into_id) references public.contacts (user_id, id) on delete set null (merged_into_id),
  constraint fk_contacts_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_contacts_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_contacts_kind             check (kind in ('individual', 'org', 'group')),
  constraint chk_contacts_display_name     check (char_length(display_name) <= 200),
  constraint chk_contacts_prefix           check (char_length(prefix) <= 100),
  constraint chk_contacts_first_name       check (char_length(first_name) <= 100),
  constraint chk_contacts_middle_name      check (char_length(middle_name) <= 100),
  constraint chk_contacts_last_name        check (char_length(last_name) <= 100),
  constraint chk_contacts_suffix           check (char_length(suffix) <= 100),
  constraint chk_contacts_nickname         check (char_length(nickname) <= 100),
  constraint chk_contacts_email_addresses  check (jsonb_typeof(email_addresses) = 'array'),
  constraint chk_contacts_phone_numbers    check (jsonb_typeof(phone_numbers) = 'array'),
  constraint chk_contacts_addresses        check (jsonb_typeof(addresses) = 'array'),
  constraint chk_contacts_company          check (char_length(company) <= 200),
  constraint chk_contacts_job_title        check (char_length(job_title) <= 200),
  constraint chk_contacts_website          check (char_length(website) <= 500),
  constraint chk_contacts_birthday_partial check (char_length(birthday_partial) <= 10 and birthday_partial ~ '^(--[0-9]{2}(-?[0-9]{2})?|---[0-9]{2})$'),
  constraint chk_contacts_vcard_uid        check (char_length(vcard_uid) <= 255),
  constraint chk_contacts_merged_into_id   check (merged_into_id <> id),
  constraint chk_contacts_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_contacts_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_contacts_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.contacts                       is 'People, organisations and groups the person knows. @group people @owner user_id @version row_version';
comment on column public.contacts.id                    is 'The row''s id.';
comment on column public.contacts.user_id               is 'Whose it is.';
comment on column public.contacts.kind                  is 'individual, org or group.';
comment on column public.contacts.display_name          is 'The name to show. @pii name @mask name';
comment on column public.contacts.prefix                is 'What stands before the name, such as Dr.';
comment on column public.contacts.first_name            is 'Given name. @pii name @mask name';
comment on column public.contacts.middle_name           is 'Middle name. @pii name @mask name';
comment on column public.contacts.last_name             is 'Family name. @pii name @mask name';
comment on column public.contacts.suffix                is 'What stands after the name, such as Jr.';
comment on column public.contacts.nickname              is 'What friends say. @pii name @mask name';
comment on column public.contacts.email_addresses       is 'Mail addresses, as a JSON array of {value, type, pref}. @pii email @mask null @blind-index';
comment on column public.contacts.email_addresses_bidx  is 'Blind index of email_addresses: one truncated HMAC per address.';
comment on column public.contacts.phone_numbers         is 'Telephone numbers, as a JSON array of {value, type, pref}. @pii phone @mask null @blind-index';
comment on column public.contacts.phone_numbers_bidx    is 'Blind index of phone_numbers: one truncated HMAC per number.';
comment on column public.contacts.addresses             is 'Postal addresses, as a JSON array. @pii address @mask null';
comment on column public.contacts.company               is 'Where they work.';
comment on column public.contacts.job_title             is 'What they do there.';
comment on column public.contacts.website               is 'Their website.';
comment on column public.contacts.photo_media_id        is 'Their picture.';
comment on column public.contacts.birthday              is 'Their date of birth. @pii birthday @mask range';
comment on column public.contacts.birthday_partial      is 'A birthday of which a part is missing, as vCard writes it: --MMDD. @pii birthday @mask null';
comment on column public.contacts.notes                 is 'What the person noted about them. @encrypt';
comment on column public.contacts.tags                  is 'Words the person filed them under.';
comment on column public.contacts.social_profiles       is 'Their accounts elsewhere, as JSON. @pii account @mask null';
comment on column public.contacts.is_favorite           is 'Whether the person marked them.';
comment on column public.contacts.vcard_uid             is 'UID of the vCard.';
comment on column public.contacts.rev                   is 'REV of the vCard: when it last changed where it came from.';
comment on column public.contacts.merged_into_id        is 'The contact this one turned out to be; itself kept so that the merge can be undone.';
comment on column public.contacts.search                is 'What full-text search looks through: names, company, job title and tags.';
comment on column public.contacts.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.contacts.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.contacts.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.contacts.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.contacts.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.contacts.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.contacts.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.contacts.created_at            is 'When the row was made.';
comment on column public.contacts.updated_at            is 'When the row last changed.';
comment on column public.contacts.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_contacts_user_id_display_name          on public.contacts (user_id, display_name) where deleted_at is null;
create index        idx_contacts_user_id_updated_at            on public.contacts (user_id, updated_at);
create unique index uq_contacts_source                         on public.contacts (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_contacts_deleted_at                    on public.contacts (deleted_at) where deleted_at is not null;
create index        idx_contacts_user_id_source_integration_id on public.contacts (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_contacts_user_id_import_id             on public.contacts (user_id, import_id) where import_id is not null;
create index        idx_contacts_search                        on public.contacts using gin (search);
create index        idx_contacts_user_id_photo_media_id        on public.contacts (user_id, photo_media_id) where photo_media_id is not null;
create index        idx_contacts_user_id_merged_into_id        on public.contacts (user_id, merged_into_id) where merged_into_id is not null;
create index        idx_contacts_email_addresses               on public.contacts using gin (email_addresses jsonb_path_ops);
create index        idx_contacts_email_addresses_bidx          on public.contacts using gin (email_addresses_bidx);
create index        idx_contacts_phone_numbers_bidx            on public.contacts using gin (phone_numbers_bidx);
create index        idx_contacts_tags                          on public.contacts using gin (tags);
create index        idx_contacts_user_id_vcard_uid             on public.contacts (user_id, vcard_uid) where vcard_uid is not null;
create index        idx_contacts_user_id_birthday              on public.contacts (user_id, birthday) where birthday is not null and deleted_at is null;
comment on index public.idx_contacts_email_addresses is 'Finds a contact by address (jsonb containment).';

create trigger trg_contacts_touch
  before update on public.contacts
  for each row execute function public.touch_row();
create trigger trg_contacts_cycle
  before insert or update of merged_into_id on public.contacts
  for each row when (new.merged_into_id is not null)
  execute function public.guard_cycle('merged_into_id', 'user_id');

alter table public.contacts enable row level security;
alter table public.contacts force  row level security;

create policy owner_manages_own on public.contacts
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.contacts
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.contacts
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.contacts is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.contacts is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.contacts is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.contacts to authenticated, service_role;
grant select (
    id, user_id, kind, prefix, suffix, company, job_title, website, photo_media_id, tags, is_favorite,
    vcard_uid, rev, merged_into_id, source_integration_id, source_platform, source_object_id, source_hash,
    import_id, row_version, created_at, updated_at, deleted_at
  ) on public.contacts to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- social_accounts
-- ---------------------------------------------------------------------------------------------------------------

create table public.social_accounts (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  platform              text        not null,
  username              text        not null,
  account_type          text        not null,
  display_name          text,
  profile_url           public.url,
  profile_media_id      uuid,
  followers_count       integer,
  following_count       integer,
  posts_count           integer,
  bio                   text,
  is_verified           boolean     not null default false,
  is_private            boolean     not null default false,
  platform_account_id   text,
  contact_id            uuid,
  actor_uri             public.url,
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

  constraint social_accounts_pkey                  primary key (id),
  constraint uq_social_accounts_user_id_id         unique (user_id, id),
  constraint fk_social_accounts_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_social_accounts_profile_media      foreign key (user_id, profile_media_id) references public.media (user_id, id) on delete set null (profile_media_id),
  constraint fk_social_accounts_contact            foreign key (user_id, contact_id) references public.contacts (user_id, id) on delete set null (contact_id),
  constraint fk_social_accounts_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_social_accounts_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_social_accounts_platform            check (platform in ('instagram', 'twitter', 'facebook', 'tiktok', 'linkedin', 'mastodon', 'bluesky', 'youtube', 'reddit', 'threads', 'other')),
  constraint chk_social_accounts_username            check (char_length(username) <= 100),
  constraint chk_social_accounts_account_type        check (account_type in ('own', 'following', 'follower', 'other')),
  constraint chk_social_accounts_display_name        check (char_length(display_name) <= 200),
  constraint chk_social_accounts_profile_url         check (char_length(profile_url) <= 500),
  constraint chk_social_accounts_followers_count     check (followers_count >= 0),
  constraint chk_social_accounts_following_count     check (following_count >= 0),
  constraint chk_social_accounts_posts_count         check (posts_count >= 0),
  constraint chk_social_accounts_platform_account_id check (char_length(platform_account_id) <= 255),
  constraint chk_social_accounts_metadata            check (jsonb_typeof(metadata) = 'object'),
  constraint chk_social_accounts_source_platform     check (char_length(source_platform) <= 50),
  constraint chk_social_accounts_source_object_id    check (char_length(source_object_id) <= 255)
);

comment on table  public.social_accounts                       is 'Accounts on social platforms: the person''s own, and those that follow them or that they follow. @group people @owner user_id @version row_version';
comment on column public.social_accounts.id                    is 'The row''s id.';
comment on column public.social_accounts.user_id               is 'Whose it is.';
comment on column public.social_accounts.platform              is 'Which platform; other for one not listed.';
comment on column public.social_accounts.username              is 'The name of the account there.';
comment on column public.social_accounts.account_type          is 'What it is to the person: own, following, follower or other.';
comment on column public.social_accounts.display_name          is 'The name it shows. @pii name @mask name';
comment on column public.social_accounts.profile_url           is 'Its page.';
comment on column public.social_accounts.profile_media_id      is 'Its picture.';
comment on column public.social_accounts.followers_count       is 'How many follow it.';
comment on column public.social_accounts.following_count       is 'How many it follows.';
comment on column public.social_accounts.posts_count           is 'How much it has posted.';
comment on column public.social_accounts.bio                   is 'What it says about itself. @pii @mask null';
comment on column public.social_accounts.is_verified           is 'Whether the platform vouches for it.';
comment on column public.social_accounts.is_private            is 'Whether it shows its posts to some only.';
comment on column public.social_accounts.platform_account_id   is 'Its id there, which stays when the name changes.';
comment on column public.social_accounts.contact_id            is 'The contact behind it.';
comment on column public.social_accounts.actor_uri             is 'Its ActivityPub or AT Protocol address.';
comment on column public.social_accounts.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.social_accounts.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.social_accounts.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.social_accounts.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.social_accounts.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.social_accounts.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.social_accounts.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.social_accounts.created_at            is 'When the row was made.';
comment on column public.social_accounts.updated_at            is 'When the row last changed.';
comment on column public.social_accounts.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_social_accounts_user_id_created_at            on public.social_accounts (user_id, created_at desc) where deleted_at is null;
create index        idx_social_accounts_user_id_updated_at            on public.social_accounts (user_id, updated_at);
create unique index uq_social_accounts_source                         on public.social_accounts (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_social_accounts_deleted_at                    on public.social_accounts (deleted_at) where deleted_at is not null;
create index        idx_social_accounts_user_id_source_integration_id on public.social_accounts (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_social_accounts_user_id_import_id             on public.social_accounts (user_id, import_id) where import_id is not null;
create index        idx_social_accounts_user_id_profile_media_id      on public.social_accounts (user_id, profile_media_id) where profile_media_id is not null;
create index        idx_social_accounts_user_id_contact_id            on public.social_accounts (user_id, contact_id) where contact_id is not null;
create unique index uq_social_accounts_name                           on public.social_accounts (user_id, platform, lower(username), account_type);

create trigger trg_social_accounts_touch
  before update on public.social_accounts
  for each row execute function public.touch_row();

alter table public.social_accounts enable row level security;
alter table public.social_accounts force  row level security;

create policy owner_manages_own on public.social_accounts
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.social_accounts
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.social_accounts
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.social_accounts is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.social_accounts is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.social_accounts is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.social_accounts to authenticated, service_role;
grant select (
    id, user_id, platform, username, account_type, profile_url, profile_media_id, followers_count,
    following_count, posts_count, is_verified, is_private, platform_account_id, contact_id, actor_uri,
    source_integration_id, source_platform, source_object_id, source_hash, import_id, row_version, created_at,
    updated_at, deleted_at
  ) on public.social_accounts to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- social_posts
-- ---------------------------------------------------------------------------------------------------------------

create table public.social_posts (
  id                    uuid                not null default gen_random_uuid(),
  user_id               uuid                not null,
  platform              text                not null,
  post_type             text                not null,
  content               text                not null default '',
  posted_at             timestamptz         not null,
  platform_post_id      text,
  platform_url          public.url,
  likes_count           integer,
  comments_count        integer,
  shares_count          integer,
  views_count           integer,
  visibility            text,
  is_pinned             boolean             not null default false,
  location              text,
  social_account_id     uuid,
  in_reply_to           text,
  conversation_id       text,
  language              public.language_tag,
  edited_at             timestamptz,
  hashtags              text[]              not null default '{}',
  search                tsvector            generated always as (
    setweight(to_tsvector('pg_catalog.simple', left(coalesce(content, ''), 100000)), 'A')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(hashtags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(location, '')), 'C')
  ) stored,
  metadata              jsonb               not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint              not null default 1,
  created_at            timestamptz         not null default now(),
  updated_at            timestamptz         not null default now(),
  deleted_at            timestamptz,

  constraint social_posts_pkey                  primary key (id),
  constraint uq_social_posts_platform_post      unique (user_id, platform, platform_post_id),
  constraint fk_social_posts_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_social_posts_social_account     foreign key (user_id, social_account_id) references public.social_accounts (user_id, id) on delete set null (social_account_id),
  constraint fk_social_posts_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_social_posts_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_social_posts_platform         check (platform in ('instagram', 'twitter', 'facebook', 'tiktok', 'linkedin', 'mastodon', 'bluesky', 'youtube', 'reddit', 'threads', 'other')),
  constraint chk_social_posts_post_type        check (post_type in ('text', 'photo', 'video', 'story', 'reel', 'carousel', 'share', 'comment', 'poll')),
  constraint chk_social_posts_platform_post_id check (char_length(platform_post_id) <= 255),
  constraint chk_social_posts_platform_url     check (char_length(platform_url) <= 500),
  constraint chk_social_posts_likes_count      check (likes_count >= 0),
  constraint chk_social_posts_comments_count   check (comments_count >= 0),
  constraint chk_social_posts_shares_count     check (shares_count >= 0),
  constraint chk_social_posts_views_count      check (views_count >= 0),
  constraint chk_social_posts_visibility       check (visibility in ('public', 'private', 'friends', 'followers', 'direct', 'unlisted')),
  constraint chk_social_posts_location         check (char_length(location) <= 200),
  constraint chk_social_posts_in_reply_to      check (char_length(in_reply_to) <= 255),
  constraint chk_social_posts_conversation_id  check (char_length(conversation_id) <= 255),
  constraint chk_social_posts_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_social_posts_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_social_posts_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.social_posts                       is 'Posts on social platforms, the person''s own and saved ones. @group people @owner user_id @version row_version';
comment on column public.social_posts.id                    is 'The row''s id.';
comment on column public.social_posts.user_id               is 'Whose it is.';
comment on column public.social_posts.platform              is 'Which platform; other for one not listed.';
comment on column public.social_posts.post_type             is 'What kind of post.';
comment on column public.social_posts.content               is 'What it says.';
comment on column public.social_posts.posted_at             is 'When it was posted.';
comment on column public.social_posts.platform_post_id      is 'Its id there.';
comment on column public.social_posts.platform_url          is 'Its page.';
comment on column public.social_posts.likes_count           is 'How many liked it.';
comment on column public.social_posts.comments_count        is 'How many commented on it.';
comment on column public.social_posts.shares_count          is 'How many shared it.';
comment on column public.social_posts.views_count           is 'How many saw it.';
comment on column public.social_posts.visibility            is 'Who can see it there. Here only its owner can.';
comment on column public.social_posts.is_pinned             is 'Whether it is pinned to the profile.';
comment on column public.social_posts.location              is 'The place it names.';
comment on column public.social_posts.social_account_id     is 'The account that posted it.';
comment on column public.social_posts.in_reply_to           is 'The platform id of the post it answers.';
comment on column public.social_posts.conversation_id       is 'The platform id of the conversation.';
comment on column public.social_posts.language              is 'Its language.';
comment on column public.social_posts.edited_at             is 'When it was last edited there.';
comment on column public.social_posts.hashtags              is 'Its hashtags, without the #.';
comment on column public.social_posts.search                is 'What full-text search looks through: content, hashtags and place.';
comment on column public.social_posts.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.social_posts.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.social_posts.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.social_posts.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.social_posts.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.social_posts.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.social_posts.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.social_posts.created_at            is 'When the row was made.';
comment on column public.social_posts.updated_at            is 'When the row last changed.';
comment on column public.social_posts.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_social_posts_user_id_posted_at                 on public.social_posts (user_id, posted_at desc) where deleted_at is null;
create index        idx_social_posts_user_id_updated_at                on public.social_posts (user_id, updated_at);
create unique index uq_social_posts_source                             on public.social_posts (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_social_posts_deleted_at                        on public.social_posts (deleted_at) where deleted_at is not null;
create index        idx_social_posts_user_id_source_integration_id     on public.social_posts (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_social_posts_user_id_import_id                 on public.social_posts (user_id, import_id) where import_id is not null;
create index        idx_social_posts_search                            on public.social_posts using gin (search);
create index        idx_social_posts_user_id_social_account_id         on public.social_posts (user_id, social_account_id) where social_account_id is not null;
create index        idx_social_posts_user_id_conversation_id_posted_at on public.social_posts (user_id, conversation_id, posted_at) where conversation_id is not null and deleted_at is null;
create index        idx_social_posts_hashtags                          on public.social_posts using gin (hashtags);

create trigger trg_social_posts_touch
  before update on public.social_posts
  for each row execute function public.touch_row();

alter table public.social_posts enable row level security;
alter table public.social_posts force  row level security;

create policy owner_manages_own on public.social_posts
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.social_posts
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.social_posts
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.social_posts is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.social_posts is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.social_posts is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.social_posts to authenticated, service_role;
grant select (
    id, user_id, platform, post_type, content, posted_at, platform_post_id, platform_url, likes_count,
    comments_count, shares_count, views_count, visibility, is_pinned, location, social_account_id, in_reply_to,
    conversation_id, language, edited_at, hashtags, source_integration_id, source_platform, source_object_id,
    source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.social_posts to howdah_readonly;
