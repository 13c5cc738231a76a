-- The person: one profile per account, and attributes of which some may be public.


-- ---------------------------------------------------------------------------------------------------------------
-- user_profiles
-- ---------------------------------------------------------------------------------------------------------------

-- The account type is copied from auth.users and kept in step by the foreign key, because a CHECK sees one row only and an AI
-- account must name its provider and model here.
create table public.user_profiles (
  id                    uuid                not null default gen_random_uuid(),
  user_id               uuid                not null,
  account_type          text                not null default 'human',
  display_name          text                not null,
  avatar_media_id       uuid,
  bio                   text,
  location              text,
  website               public.url,
  ai_provider           text,
  ai_model              text,
  ai_version            text,
  storage_used          bigint              not null default 0,
  storage_quota         bigint              not null default 10737418240,
  preferences           jsonb               not null default '{}',
  locale                public.language_tag,
  timezone              public.time_zone,
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

  constraint user_profiles_pkey                  primary key (id),
  constraint uq_user_profiles_user_id            unique (user_id),
  constraint fk_user_profiles_user               foreign key (user_id, account_type) references auth.users (id, account_type) on update cascade on delete cascade,
  constraint fk_user_profiles_avatar_media       foreign key (user_id, avatar_media_id) references public.media (user_id, id) on delete set null (avatar_media_id),
  constraint fk_user_profiles_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_user_profiles_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_user_profiles_account_type     check (account_type in ('human', 'ai', 'service')),
  constraint chk_user_profiles_display_name     check (char_length(display_name) <= 200),
  constraint chk_user_profiles_location         check (char_length(location) <= 200),
  constraint chk_user_profiles_website          check (char_length(website) <= 500),
  constraint chk_user_profiles_ai_provider      check (char_length(ai_provider) <= 100),
  constraint chk_user_profiles_ai_model         check (char_length(ai_model) <= 100),
  constraint chk_user_profiles_ai_version       check (char_length(ai_version) <= 50),
  constraint chk_user_profiles_storage_used     check (storage_used >= 0),
  constraint chk_user_profiles_storage_quota    check (storage_quota >= 0),
  constraint chk_user_profiles_preferences      check (jsonb_typeof(preferences) = 'object'),
  constraint chk_user_profiles_ai               check (account_type <> 'ai' or (ai_provider is not null and ai_model is not null)),
  constraint chk_user_profiles_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_user_profiles_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_user_profiles_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.user_profiles                       is 'What a person shows of themselves; exactly one row per account, made with it. Only the person reads it: what others may see stands in profile_attributes. @group profile @owner user_id @version row_version';
comment on column public.user_profiles.id                    is 'The row''s id.';
comment on column public.user_profiles.user_id               is 'Whose it is.';
comment on column public.user_profiles.account_type          is 'The account''s type, kept in step with auth.users: human, ai or service.';
comment on column public.user_profiles.display_name          is 'The name shown to others. @pii name @mask name';
comment on column public.user_profiles.avatar_media_id       is 'The picture shown to others.';
comment on column public.user_profiles.bio                   is 'A few words about the person. @pii @mask null';
comment on column public.user_profiles.location              is 'Where the person says they are. @pii location @mask null';
comment on column public.user_profiles.website               is 'The person''s website. @pii @mask null';
comment on column public.user_profiles.ai_provider           is 'Of an AI account: who runs the model.';
comment on column public.user_profiles.ai_model              is 'Of an AI account: which model.';
comment on column public.user_profiles.ai_version            is 'Of an AI account: which version of it.';
comment on column public.user_profiles.storage_used          is 'Bytes in the file store; the server keeps count.';
comment on column public.user_profiles.storage_quota         is 'Bytes the person may keep in the file store; 10 GiB unless the server says otherwise.';
comment on column public.user_profiles.preferences           is 'Settings of the user interface, as a JSON object.';
comment on column public.user_profiles.locale                is 'The language to address the person in.';
comment on column public.user_profiles.timezone              is 'The time zone to show times in.';
comment on column public.user_profiles.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.user_profiles.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.user_profiles.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.user_profiles.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.user_profiles.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.user_profiles.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.user_profiles.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.user_profiles.created_at            is 'When the row was made.';
comment on column public.user_profiles.updated_at            is 'When the row last changed.';
comment on column public.user_profiles.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint chk_user_profiles_ai on public.user_profiles is 'An AI account names its provider and its model.';

create index        idx_user_profiles_user_id_updated_at            on public.user_profiles (user_id, updated_at);
create unique index uq_user_profiles_source                         on public.user_profiles (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_user_profiles_deleted_at                    on public.user_profiles (deleted_at) where deleted_at is not null;
create index        idx_user_profiles_user_id_source_integration_id on public.user_profiles (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_user_profiles_user_id_import_id             on public.user_profiles (user_id, import_id) where import_id is not null;
create index        idx_user_profiles_user_id_avatar_media_id       on public.user_profiles (user_id, avatar_media_id) where avatar_media_id is not null;
create index        idx_user_profiles_user_id_account_type          on public.user_profiles (user_id, account_type);

create trigger trg_user_profiles_touch
  before update on public.user_profiles
  for each row execute function public.touch_row();

alter table public.user_profiles enable row level security;
alter table public.user_profiles force  row level security;

create policy owner_manages_own on public.user_profiles
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.user_profiles
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.user_profiles
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.user_profiles is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.user_profiles is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.user_profiles is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select on public.user_profiles to authenticated;
grant update (
    display_name, avatar_media_id, bio, location, website, ai_provider, ai_model, ai_version, preferences,
    locale, timezone, metadata
  ) on public.user_profiles to authenticated;
grant select, insert, update, delete on public.user_profiles to service_role;
grant select (
    id, user_id, account_type, avatar_media_id, ai_provider, ai_model, ai_version, storage_used, storage_quota,
    preferences, locale, timezone, source_integration_id, source_platform, source_object_id, source_hash,
    import_id, row_version, created_at, updated_at, deleted_at
  ) on public.user_profiles to howdah_readonly;

create function public.create_profile() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into public.user_profiles (user_id, account_type, display_name, ai_provider, ai_model, ai_version)
  values (
    new.id,
    new.account_type,
    left(coalesce(nullif(btrim(new.metadata ->> 'display_name'), ''), split_part(new.email, '@', 1), 'Guest'), 200),
    case when new.account_type = 'ai' then new.metadata ->> 'ai_provider' end,
    case when new.account_type = 'ai' then new.metadata ->> 'ai_model' end,
    case when new.account_type = 'ai' then new.metadata ->> 'ai_version' end);
  return null;
end
$$;
comment on function public.create_profile() is
  'Trigger, after insert of an account: makes its profile. The display name comes from metadata.display_name, else from the address, and is Guest for somebody who has given neither; an AI account must bring metadata.ai_provider and metadata.ai_model. Runs as the owner, because the role that makes accounts has no rights on profiles.';

create trigger trg_users_profile
  after insert on auth.users
  for each row execute function public.create_profile();


-- ---------------------------------------------------------------------------------------------------------------
-- profile_attributes
-- ---------------------------------------------------------------------------------------------------------------

-- The policies for authenticated are split by command, because a second permissive policy for SELECT beside one FOR ALL would
-- be evaluated for every row as well.
create table public.profile_attributes (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  attribute_type        text        not null,
  key                   text        not null,
  value                 jsonb       not null,
  category              text,
  is_public             boolean     not null default false,
  is_verified           boolean     not null default false,
  verification_source   text,
  priority              integer     not null default 0,
  valid_from            date,
  valid_to              date,
  tags                  text[]      not null default '{}',
  notes                 text,
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

  constraint profile_attributes_pkey                  primary key (id),
  constraint fk_profile_attributes_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_profile_attributes_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_profile_attributes_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_profile_attributes_attribute_type      check (attribute_type in ('preference', 'skill', 'interest', 'certification', 'education', 'work_experience', 'custom')),
  constraint chk_profile_attributes_key                 check (char_length(key) <= 200),
  constraint chk_profile_attributes_category            check (char_length(category) <= 100),
  constraint chk_profile_attributes_verification_source check (char_length(verification_source) <= 200),
  constraint chk_profile_attributes_valid_to            check (valid_to >= valid_from),
  constraint chk_profile_attributes_public              check (not is_public or (notes is null and metadata = '{}')),
  constraint chk_profile_attributes_metadata            check (jsonb_typeof(metadata) = 'object'),
  constraint chk_profile_attributes_source_platform     check (char_length(source_platform) <= 50),
  constraint chk_profile_attributes_source_object_id    check (char_length(source_object_id) <= 255)
);

comment on table  public.profile_attributes                       is 'Facts about a person: skills, interests, education, work, preferences. Those marked public are the only rows of this schema that others, signed in or not, can read. @group profile @owner user_id @version row_version';
comment on column public.profile_attributes.id                    is 'The row''s id.';
comment on column public.profile_attributes.user_id               is 'Whose it is.';
comment on column public.profile_attributes.attribute_type        is 'What kind of fact: preference, skill, interest, certification, education, work_experience or custom.';
comment on column public.profile_attributes.key                   is 'What it is about, such as a language or an employer.';
comment on column public.profile_attributes.value                 is 'The fact itself, as any JSON value.';
comment on column public.profile_attributes.category              is 'A heading to show it under.';
comment on column public.profile_attributes.is_public             is 'Whether everybody may read the row.';
comment on column public.profile_attributes.is_verified           is 'Whether somebody confirmed it.';
comment on column public.profile_attributes.verification_source   is 'Who confirmed it.';
comment on column public.profile_attributes.priority              is 'Order of display; highest first.';
comment on column public.profile_attributes.valid_from            is 'First day it holds.';
comment on column public.profile_attributes.valid_to              is 'Last day it holds.';
comment on column public.profile_attributes.tags                  is 'Words the person filed it under.';
comment on column public.profile_attributes.notes                 is 'Private notes. A public row has none.';
comment on column public.profile_attributes.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.profile_attributes.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.profile_attributes.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.profile_attributes.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.profile_attributes.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.profile_attributes.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.profile_attributes.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.profile_attributes.created_at            is 'When the row was made.';
comment on column public.profile_attributes.updated_at            is 'When the row last changed.';
comment on column public.profile_attributes.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint chk_profile_attributes_public on public.profile_attributes is 'A policy hides rows, not columns: what is private must not stand in a row that everybody reads.';

create index        idx_profile_attributes_user_id_created_at            on public.profile_attributes (user_id, created_at desc) where deleted_at is null;
create index        idx_profile_attributes_user_id_updated_at            on public.profile_attributes (user_id, updated_at);
create unique index uq_profile_attributes_source                         on public.profile_attributes (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_profile_attributes_deleted_at                    on public.profile_attributes (deleted_at) where deleted_at is not null;
create index        idx_profile_attributes_user_id_source_integration_id on public.profile_attributes (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_profile_attributes_user_id_import_id             on public.profile_attributes (user_id, import_id) where import_id is not null;
create unique index uq_profile_attributes_user_id_attribute_type_key     on public.profile_attributes (user_id, attribute_type, key) where deleted_at is null;
create index        idx_profile_attributes_public                        on public.profile_attributes (user_id, priority desc) where is_public and deleted_at is null;
create index        idx_profile_attributes_tags                          on public.profile_attributes using gin (tags);

create trigger trg_profile_attributes_touch
  before update on public.profile_attributes
  for each row execute function public.touch_row();

alter table public.profile_attributes enable row level security;
alter table public.profile_attributes force  row level security;

create policy authenticated_reads_own_and_public on public.profile_attributes
  for select to authenticated
  using ((user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
         or (is_public and deleted_at is null));
create policy owner_adds_own on public.profile_attributes
  for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy owner_changes_own on public.profile_attributes
  for update to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy owner_removes_own on public.profile_attributes
  for delete to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())));
create policy anybody_reads_public on public.profile_attributes
  for select to anon
  using (is_public and deleted_at is null);
create policy service_manages_all on public.profile_attributes
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.profile_attributes
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy authenticated_reads_own_and_public on public.profile_attributes is 'A person reads their own rows, and what others made public.';
comment on policy owner_adds_own                     on public.profile_attributes is 'A person adds rows of their own.';
comment on policy owner_changes_own                  on public.profile_attributes is 'A person changes their own rows, and cannot give them away.';
comment on policy owner_removes_own                  on public.profile_attributes is 'A person deletes their own rows.';
comment on policy anybody_reads_public               on public.profile_attributes is 'Everybody reads what a person made public.';
comment on policy service_manages_all                on public.profile_attributes is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live                on public.profile_attributes is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.profile_attributes to authenticated, service_role;
grant select (
    id, user_id, attribute_type, key, value, category, is_public, is_verified, verification_source, priority,
    valid_from, valid_to, tags, row_version, created_at, updated_at, deleted_at
  ) on public.profile_attributes to anon;
grant select (
    id, user_id, attribute_type, key, value, category, is_public, is_verified, verification_source, priority,
    valid_from, valid_to, tags, notes, source_integration_id, source_platform, source_object_id, source_hash,
    import_id, row_version, created_at, updated_at, deleted_at
  ) on public.profile_attributes to howdah_readonly;
