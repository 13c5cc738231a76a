-- Media and the albums they are in.
--
-- Media come early because profiles, contacts, mail, web pages and documents point at them.


-- ---------------------------------------------------------------------------------------------------------------
-- media
-- ---------------------------------------------------------------------------------------------------------------

-- Storage keys begin with the owner's id. That is checked here, because whoever may write a key could otherwise point at the
-- bytes of somebody else.
create table public.media (
  id                    uuid                 not null default gen_random_uuid(),
  user_id               uuid                 not null,
  filename              text                 not null,
  media_type            text                 not null,
  mime_type             text                 not null,
  file_size             bigint               not null,
  storage_key           public.storage_key   not null,
  storage_backend       text,
  sha256                public.sha256_digest not null,
  width                 integer,
  height                integer,
  duration_seconds      double precision,
  taken_at              timestamptz,
  taken_at_offset_min   integer,
  gps_latitude          public.latitude,
  gps_longitude         public.longitude,
  altitude              double precision,
  camera_make           text,
  camera_model          text,
  orientation           integer,
  exif                  jsonb,
  processing_status     text                 not null default 'pending',
  thumbnail_key         public.storage_key,
  codec                 text,
  bitrate               integer,
  title                 text,
  description           text,
  is_favorite           boolean              not null default false,
  tags                  text[]               not null default '{}',
  live_pair_id          text,
  perceptual_hash       bigint,
  search                tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', coalesce(title, '')), 'A')
    || setweight(to_tsvector('pg_catalog.simple', left(coalesce(description, ''), 100000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', filename), 'C')
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

  constraint media_pkey                  primary key (id),
  constraint uq_media_user_id_id         unique (user_id, id),
  constraint uq_media_storage_key        unique (storage_key),
  constraint fk_media_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_media_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_media_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_media_filename            check (char_length(filename) <= 255),
  constraint chk_media_media_type          check (media_type in ('photo', 'video', 'audio', 'document', 'screenshot')),
  constraint chk_media_mime_type           check (char_length(mime_type) <= 100),
  constraint chk_media_file_size           check (file_size > 0),
  constraint chk_media_storage_key         check (starts_with(storage_key, user_id::text || '/')),
  constraint chk_media_storage_backend     check (char_length(storage_backend) <= 50),
  constraint chk_media_width               check (width between 1 and 50000),
  constraint chk_media_height              check (height between 1 and 50000),
  constraint chk_media_duration_seconds    check (duration_seconds > 0),
  constraint chk_media_taken_at_offset_min check (taken_at_offset_min between -840 and 840),
  constraint chk_media_camera_make         check (char_length(camera_make) <= 100),
  constraint chk_media_camera_model        check (char_length(camera_model) <= 100),
  constraint chk_media_orientation         check (orientation between 1 and 8),
  constraint chk_media_exif                check (jsonb_typeof(exif) = 'object'),
  constraint chk_media_processing_status   check (processing_status in ('pending', 'processing', 'ready', 'error')),
  constraint chk_media_thumbnail_key       check (starts_with(thumbnail_key, user_id::text || '/')),
  constraint chk_media_codec               check (char_length(codec) <= 50),
  constraint chk_media_bitrate             check (bitrate >= 0),
  constraint chk_media_title               check (char_length(title) <= 500),
  constraint chk_media_live_pair_id        check (char_length(live_pair_id) <= 100),
  constraint chk_media_gps                 check ((gps_latitude is null) = (gps_longitude is null)),
  constraint chk_media_metadata            check (jsonb_typeof(metadata) = 'object'),
  constraint chk_media_source_platform     check (char_length(source_platform) <= 50),
  constraint chk_media_source_object_id    check (char_length(source_object_id) <= 255)
);

comment on table  public.media                       is 'Photos, videos, sound and files: what they are and where their bytes lie. The bytes are in the file store, not in the database. @group media @owner user_id @version row_version';
comment on column public.media.id                    is 'The row''s id.';
comment on column public.media.user_id               is 'Whose it is.';
comment on column public.media.filename              is 'The name of the file where it came from.';
comment on column public.media.media_type            is 'What it is: photo, video, audio, document or screenshot.';
comment on column public.media.mime_type             is 'Its media type, found in its bytes rather than its name.';
comment on column public.media.file_size             is 'Its size in bytes.';
comment on column public.media.storage_key           is 'Where its bytes lie in the file store, under the owner''s folder.';
comment on column public.media.storage_backend       is 'Which file store; NULL for the configured one.';
comment on column public.media.sha256                is 'Digest of the bytes.';
comment on column public.media.width                 is 'Width in pixels.';
comment on column public.media.height                is 'Height in pixels.';
comment on column public.media.duration_seconds      is 'Length in seconds, for video and audio.';
comment on column public.media.taken_at              is 'When it was taken or recorded.';
comment on column public.media.taken_at_offset_min   is 'Minutes the local time of the place was ahead of UTC.';
comment on column public.media.gps_latitude          is 'Where it was taken. @pii location @mask geo';
comment on column public.media.gps_longitude         is 'Where it was taken. @pii location @mask geo';
comment on column public.media.altitude              is 'Metres above sea level.';
comment on column public.media.camera_make           is 'Who made the camera.';
comment on column public.media.camera_model          is 'Which camera.';
comment on column public.media.orientation           is 'EXIF orientation, 1 to 8.';
comment on column public.media.exif                  is 'All EXIF fields, as a JSON object; they repeat the place. @pii location @mask null';
comment on column public.media.processing_status     is 'How far thumbnails and metadata are: pending, processing, ready or error.';
comment on column public.media.thumbnail_key         is 'Where its thumbnail lies, under the owner''s folder.';
comment on column public.media.codec                 is 'Codec, for video and audio.';
comment on column public.media.bitrate               is 'Bits per second, for video and audio.';
comment on column public.media.title                 is 'What the person calls it.';
comment on column public.media.description           is 'What the person wrote about it.';
comment on column public.media.is_favorite           is 'Whether the person marked it.';
comment on column public.media.tags                  is 'Words the person filed it under.';
comment on column public.media.live_pair_id          is 'What joins the photo and the video of a live photo; both carry the same.';
comment on column public.media.perceptual_hash       is '64-bit perceptual hash; near-duplicates differ in few bits.';
comment on column public.media.search                is 'What full-text search looks through: title, description, tags and file name.';
comment on column public.media.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.media.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.media.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.media.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.media.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.media.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.media.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.media.created_at            is 'When the row was made.';
comment on column public.media.updated_at            is 'When the row last changed.';
comment on column public.media.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_media_user_id_taken_at              on public.media (user_id, taken_at desc) where deleted_at is null;
create index        idx_media_user_id_updated_at            on public.media (user_id, updated_at);
create unique index uq_media_source                         on public.media (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_media_deleted_at                    on public.media (deleted_at) where deleted_at is not null;
create index        idx_media_user_id_source_integration_id on public.media (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_media_user_id_import_id             on public.media (user_id, import_id) where import_id is not null;
create index        idx_media_search                        on public.media using gin (search);
create unique index uq_media_user_id_sha256                 on public.media (user_id, sha256) where deleted_at is null;
create index        idx_media_tags                          on public.media using gin (tags);
create index        idx_media_user_id_live_pair_id          on public.media (user_id, live_pair_id) where live_pair_id is not null and deleted_at is null;
create index        idx_media_processing_status_created_at  on public.media (processing_status, created_at) where processing_status in ('pending', 'processing') and deleted_at is null;
comment on index public.uq_media_user_id_sha256 is 'The same file is kept once; one in the trash does not count.';
comment on index public.idx_media_processing_status_created_at is 'The queue of what still needs a thumbnail.';

create trigger trg_media_touch
  before update on public.media
  for each row execute function public.touch_row();

alter table public.media enable row level security;
alter table public.media force  row level security;

create policy owner_manages_own on public.media
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.media
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.media
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.media is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.media is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.media is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.media to authenticated, service_role;
grant select (
    id, user_id, filename, media_type, mime_type, file_size, storage_key, storage_backend, sha256, width,
    height, duration_seconds, taken_at, taken_at_offset_min, altitude, camera_make, camera_model, orientation,
    processing_status, thumbnail_key, codec, bitrate, title, description, is_favorite, tags, live_pair_id,
    perceptual_hash, source_integration_id, source_platform, source_object_id, source_hash, import_id,
    row_version, created_at, updated_at, deleted_at
  ) on public.media to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- albums
-- ---------------------------------------------------------------------------------------------------------------

create table public.albums (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  name                  text        not null,
  description           text,
  cover_media_id        uuid,
  sort_order            text        not null default 'date_desc',
  visibility            text        not null default 'private',
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

  constraint albums_pkey                  primary key (id),
  constraint uq_albums_user_id_id         unique (user_id, id),
  constraint fk_albums_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_albums_cover_media        foreign key (user_id, cover_media_id) references public.media (user_id, id) on delete set null (cover_media_id),
  constraint fk_albums_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_albums_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_albums_name             check (char_length(name) <= 200),
  constraint chk_albums_sort_order       check (sort_order in ('date_asc', 'date_desc', 'manual')),
  constraint chk_albums_visibility       check (visibility in ('private', 'unlisted', 'public')),
  constraint chk_albums_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_albums_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_albums_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.albums                       is 'Albums: named collections of media. @group media @owner user_id @version row_version';
comment on column public.albums.id                    is 'The row''s id.';
comment on column public.albums.user_id               is 'Whose it is.';
comment on column public.albums.name                  is 'The name.';
comment on column public.albums.description           is 'What it is about.';
comment on column public.albums.cover_media_id        is 'The picture on its cover.';
comment on column public.albums.sort_order            is 'How its media are ordered: date_asc, date_desc or manual (by album_media.position).';
comment on column public.albums.visibility            is 'How the person means it to be seen: private, unlisted or public. Others see an album only through a share.';
comment on column public.albums.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.albums.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.albums.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.albums.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.albums.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.albums.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.albums.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.albums.created_at            is 'When the row was made.';
comment on column public.albums.updated_at            is 'When the row last changed.';
comment on column public.albums.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_albums_user_id_created_at            on public.albums (user_id, created_at desc) where deleted_at is null;
create index        idx_albums_user_id_updated_at            on public.albums (user_id, updated_at);
create unique index uq_albums_source                         on public.albums (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_albums_deleted_at                    on public.albums (deleted_at) where deleted_at is not null;
create index        idx_albums_user_id_source_integration_id on public.albums (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_albums_user_id_import_id             on public.albums (user_id, import_id) where import_id is not null;
create index        idx_albums_user_id_cover_media_id        on public.albums (user_id, cover_media_id) where cover_media_id is not null;

create trigger trg_albums_touch
  before update on public.albums
  for each row execute function public.touch_row();

alter table public.albums enable row level security;
alter table public.albums force  row level security;

create policy owner_manages_own on public.albums
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.albums
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.albums
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.albums is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.albums is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.albums is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.albums to authenticated, service_role;
grant select (
    id, user_id, name, description, cover_media_id, sort_order, visibility, source_integration_id,
    source_platform, source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.albums to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- album_media
-- ---------------------------------------------------------------------------------------------------------------

create table public.album_media (
  user_id    uuid        not null,
  album_id   uuid        not null,
  media_id   uuid        not null,
  position   integer     not null default 0,
  added_at   timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint album_media_pkey     primary key (album_id, media_id),
  constraint fk_album_media_user  foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_album_media_album foreign key (user_id, album_id) references public.albums (user_id, id) on delete cascade,
  constraint fk_album_media_media foreign key (user_id, media_id) references public.media (user_id, id) on delete cascade
);

comment on table  public.album_media            is 'Which media are in which album. A medium may be in many. @group media @owner user_id';
comment on column public.album_media.user_id    is 'Whose it is.';
comment on column public.album_media.album_id   is 'The album.';
comment on column public.album_media.media_id   is 'The medium in it.';
comment on column public.album_media.position   is 'Its place in an album ordered by hand; lowest first.';
comment on column public.album_media.added_at   is 'When it was put in.';
comment on column public.album_media.created_at is 'When the row was made.';
comment on column public.album_media.updated_at is 'When the row last changed.';

create index idx_album_media_user_id_media_id          on public.album_media (user_id, media_id);
create index idx_album_media_user_id_album_id_position on public.album_media (user_id, album_id, position);

create trigger trg_album_media_updated_at
  before update on public.album_media
  for each row execute function public.set_updated_at();

alter table public.album_media enable row level security;
alter table public.album_media force  row level security;

create policy owner_manages_own on public.album_media
  for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.album_media
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.album_media
  for select to howdah_readonly
  using (true);
comment on policy owner_manages_own   on public.album_media is 'A person sees and writes their own rows.';
comment on policy service_manages_all on public.album_media is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.album_media is 'Reporting reads the rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.album_media to authenticated, service_role;
grant select (
    user_id, album_id, media_id, position, added_at, created_at, updated_at
  ) on public.album_media to howdah_readonly;
