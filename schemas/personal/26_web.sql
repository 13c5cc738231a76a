-- Saved web pages and bookmarks.


-- ---------------------------------------------------------------------------------------------------------------
-- web_pages
-- ---------------------------------------------------------------------------------------------------------------

create table public.web_pages (
  id                    uuid                 not null default gen_random_uuid(),
  user_id               uuid                 not null,
  url                   public.url           not null,
  url_hash              bytea                not null generated always as (public.text_sha256(url)) stored,
  title                 text                 not null,
  saved_at              timestamptz          not null default now(),
  html_content          text,
  text_content          text,
  screenshot_media_id   uuid,
  author                text,
  published_at          timestamptz,
  site_name             text,
  description           text,
  archive_key           public.storage_key,
  content_sha256        public.sha256_digest,
  language              public.language_tag,
  word_count            integer,
  read_at               timestamptz,
  search                tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(author, '') || ' ' || coalesce(site_name, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(coalesce(text_content, ''), 100000)), 'C')
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

  constraint web_pages_pkey                  primary key (id),
  constraint uq_web_pages_user_id_id         unique (user_id, id),
  constraint fk_web_pages_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_web_pages_screenshot_media   foreign key (user_id, screenshot_media_id) references public.media (user_id, id) on delete set null (screenshot_media_id),
  constraint fk_web_pages_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_web_pages_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_web_pages_title            check (char_length(title) <= 500),
  constraint chk_web_pages_author           check (char_length(author) <= 200),
  constraint chk_web_pages_site_name        check (char_length(site_name) <= 200),
  constraint chk_web_pages_archive_key      check (starts_with(archive_key, user_id::text || '/')),
  constraint chk_web_pages_word_count       check (word_count >= 0),
  constraint chk_web_pages_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_web_pages_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_web_pages_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.web_pages                       is 'Web pages saved to keep, with their text. @group web @owner user_id @version row_version';
comment on column public.web_pages.id                    is 'The row''s id.';
comment on column public.web_pages.user_id               is 'Whose it is.';
comment on column public.web_pages.url                   is 'Where it was.';
comment on column public.web_pages.url_hash              is 'SHA-256 of url, to find a page by: an index over long URLs would be large.';
comment on column public.web_pages.title                 is 'Its title.';
comment on column public.web_pages.saved_at              is 'When it was saved.';
comment on column public.web_pages.html_content          is 'Its HTML.';
comment on column public.web_pages.text_content          is 'Its text without the markup.';
comment on column public.web_pages.screenshot_media_id   is 'What it looked like.';
comment on column public.web_pages.author                is 'Who wrote it.';
comment on column public.web_pages.published_at          is 'When it was published.';
comment on column public.web_pages.site_name             is 'Which site.';
comment on column public.web_pages.description           is 'What it says about itself.';
comment on column public.web_pages.archive_key           is 'Where its archive (WARC or a single file) lies in the file store, under the owner''s folder.';
comment on column public.web_pages.content_sha256        is 'Digest of its content, to tell whether it changed.';
comment on column public.web_pages.language              is 'Its language.';
comment on column public.web_pages.word_count            is 'How many words its text has.';
comment on column public.web_pages.read_at               is 'When the person read it; NULL if not yet.';
comment on column public.web_pages.search                is 'What full-text search looks through: title, author, site and text.';
comment on column public.web_pages.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.web_pages.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.web_pages.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.web_pages.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.web_pages.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.web_pages.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.web_pages.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.web_pages.created_at            is 'When the row was made.';
comment on column public.web_pages.updated_at            is 'When the row last changed.';
comment on column public.web_pages.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_web_pages_user_id_saved_at              on public.web_pages (user_id, saved_at desc) where deleted_at is null;
create index        idx_web_pages_user_id_updated_at            on public.web_pages (user_id, updated_at);
create unique index uq_web_pages_source                         on public.web_pages (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_web_pages_deleted_at                    on public.web_pages (deleted_at) where deleted_at is not null;
create index        idx_web_pages_user_id_source_integration_id on public.web_pages (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_web_pages_user_id_import_id             on public.web_pages (user_id, import_id) where import_id is not null;
create index        idx_web_pages_search                        on public.web_pages using gin (search);
create index        idx_web_pages_user_id_screenshot_media_id   on public.web_pages (user_id, screenshot_media_id) where screenshot_media_id is not null;
create index        idx_web_pages_user_id_url_hash              on public.web_pages (user_id, url_hash);

create trigger trg_web_pages_touch
  before update on public.web_pages
  for each row execute function public.touch_row();

alter table public.web_pages enable row level security;
alter table public.web_pages force  row level security;

create policy owner_manages_own on public.web_pages
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.web_pages
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.web_pages
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.web_pages is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.web_pages is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.web_pages is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.web_pages to authenticated, service_role;
grant select (
    id, user_id, url, url_hash, title, saved_at, html_content, text_content, screenshot_media_id, author,
    published_at, site_name, description, archive_key, content_sha256, language, word_count, read_at,
    source_integration_id, source_platform, source_object_id, source_hash, import_id, row_version, created_at,
    updated_at, deleted_at
  ) on public.web_pages to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- bookmarks
-- ---------------------------------------------------------------------------------------------------------------

create table public.bookmarks (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  url                   public.url  not null,
  url_hash              bytea       not null generated always as (public.text_sha256(url)) stored,
  title                 text        not null,
  bookmarked_at         timestamptz not null default now(),
  description           text,
  favicon_url           public.url,
  folder                text,
  position              integer,
  tags                  text[]      not null default '{}',
  is_favorite           boolean     not null default false,
  is_toread             boolean     not null default false,
  visit_count           integer     not null default 0,
  last_visited_at       timestamptz,
  web_page_id           uuid,
  search                tsvector    generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', left(coalesce(description, ''), 90000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', url), 'D')
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

  constraint bookmarks_pkey                  primary key (id),
  constraint fk_bookmarks_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_bookmarks_web_page           foreign key (user_id, web_page_id) references public.web_pages (user_id, id) on delete set null (web_page_id),
  constraint fk_bookmarks_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_bookmarks_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_bookmarks_title            check (char_length(title) <= 500),
  constraint chk_bookmarks_favicon_url      check (char_length(favicon_url) <= 500),
  constraint chk_bookmarks_folder           check (char_length(folder) <= 255),
  constraint chk_bookmarks_visit_count      check (visit_count >= 0),
  constraint chk_bookmarks_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_bookmarks_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_bookmarks_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.bookmarks                       is 'Links the person keeps. @group web @owner user_id @version row_version';
comment on column public.bookmarks.id                    is 'The row''s id.';
comment on column public.bookmarks.user_id               is 'Whose it is.';
comment on column public.bookmarks.url                   is 'Where it leads. Bookmarklets (javascript:) are not links and are refused.';
comment on column public.bookmarks.url_hash              is 'SHA-256 of url, to find a bookmark by: an index over long URLs would be large.';
comment on column public.bookmarks.title                 is 'What it is called.';
comment on column public.bookmarks.bookmarked_at         is 'When it was kept.';
comment on column public.bookmarks.description           is 'What the person wrote about it.';
comment on column public.bookmarks.favicon_url           is 'The site''s icon.';
comment on column public.bookmarks.folder                is 'The folder it is in, with / between levels.';
comment on column public.bookmarks.position              is 'Its place in the folder; lowest first.';
comment on column public.bookmarks.tags                  is 'Words the person filed it under.';
comment on column public.bookmarks.is_favorite           is 'Whether the person marked it.';
comment on column public.bookmarks.is_toread             is 'Whether the person means to read it.';
comment on column public.bookmarks.visit_count           is 'How often it was opened.';
comment on column public.bookmarks.last_visited_at       is 'When it was last opened.';
comment on column public.bookmarks.web_page_id           is 'The saved copy of the page.';
comment on column public.bookmarks.search                is 'What full-text search looks through: title, description, tags and URL.';
comment on column public.bookmarks.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.bookmarks.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.bookmarks.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.bookmarks.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.bookmarks.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.bookmarks.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.bookmarks.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.bookmarks.created_at            is 'When the row was made.';
comment on column public.bookmarks.updated_at            is 'When the row last changed.';
comment on column public.bookmarks.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_bookmarks_user_id_bookmarked_at         on public.bookmarks (user_id, bookmarked_at desc) where deleted_at is null;
create index        idx_bookmarks_user_id_updated_at            on public.bookmarks (user_id, updated_at);
create unique index uq_bookmarks_source                         on public.bookmarks (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_bookmarks_deleted_at                    on public.bookmarks (deleted_at) where deleted_at is not null;
create index        idx_bookmarks_user_id_source_integration_id on public.bookmarks (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_bookmarks_user_id_import_id             on public.bookmarks (user_id, import_id) where import_id is not null;
create index        idx_bookmarks_search                        on public.bookmarks using gin (search);
create index        idx_bookmarks_user_id_web_page_id           on public.bookmarks (user_id, web_page_id) where web_page_id is not null;
create index        idx_bookmarks_user_id_url_hash              on public.bookmarks (user_id, url_hash);
create index        idx_bookmarks_user_id_folder_position       on public.bookmarks (user_id, folder, position) where deleted_at is null;
create index        idx_bookmarks_tags                          on public.bookmarks using gin (tags);

create trigger trg_bookmarks_touch
  before update on public.bookmarks
  for each row execute function public.touch_row();

alter table public.bookmarks enable row level security;
alter table public.bookmarks force  row level security;

create policy owner_manages_own on public.bookmarks
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.bookmarks
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.bookmarks
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.bookmarks is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.bookmarks is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.bookmarks is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.bookmarks to authenticated, service_role;
grant select (
    id, user_id, url, url_hash, title, bookmarked_at, description, favicon_url, folder, position, tags,
    is_favorite, is_toread, visit_count, last_visited_at, web_page_id, source_integration_id, source_platform,
    source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.bookmarks to howdah_readonly;
