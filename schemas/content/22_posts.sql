-- Posts, and the tags they carry.


-- ---------------------------------------------------------------------------------------------------------------
-- posts
-- ---------------------------------------------------------------------------------------------------------------

-- A scheduled post shows as soon as its time has come, by the policies alone: no job has to run for it. Whoever lists what is
-- public asks for status scheduled or published and published_at <= now(), which idx_posts_public serves.
create table public.posts (
  id              uuid                not null default gen_random_uuid(),
  author_id       uuid                not null,
  category_id     uuid,
  title           text                not null,
  slug            public.slug         not null,
  summary         text,
  content         text                not null default '',
  content_format  text                not null default 'markdown',
  language        public.language_tag,
  cover_image_url public.url,
  canonical_url   public.url,
  status          text                not null default 'draft',
  published_at    timestamptz,
  archived_at     timestamptz,
  is_featured     boolean             not null default false,
  is_commentable  boolean             not null default true,
  search          tsvector            generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(summary, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(content, 100000)), 'C')
  ) stored,
  metadata        jsonb               not null default '{}',
  row_version     bigint              not null default 1,
  created_at      timestamptz         not null default now(),
  updated_at      timestamptz         not null default now(),
  deleted_at      timestamptz,

  constraint posts_pkey            primary key (id),
  constraint uq_posts_author_id_id unique (author_id, id),
  constraint fk_posts_author       foreign key (author_id) references public.authors (id) on delete cascade,
  constraint fk_posts_category     foreign key (category_id) references public.categories (id) on delete set null,
  constraint chk_posts_title          check (char_length(title) <= 500 and btrim(title) <> ''),
  constraint chk_posts_summary        check (char_length(summary) <= 2000),
  constraint chk_posts_content        check (char_length(content) <= 1000000),
  constraint chk_posts_content_format check (content_format in ('plain', 'markdown', 'html')),
  constraint chk_posts_status         check (status in ('draft', 'scheduled', 'published', 'archived')),
  constraint chk_posts_published_at   check (case status when 'draft' then published_at is null when 'archived' then true else published_at is not null end),
  constraint chk_posts_archived_at    check ((status = 'archived') = (archived_at is not null)),
  constraint chk_posts_metadata       check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.posts                 is 'What authors publish. @group writing @owner author_id @audit @version row_version';
comment on column public.posts.id              is 'The row''s id.';
comment on column public.posts.author_id       is 'Who wrote it.';
comment on column public.posts.category_id     is 'The heading it stands under; NULL if none.';
comment on column public.posts.title           is 'Its title.';
comment on column public.posts.slug            is 'Names the post in URLs. A draft holds its slug too, so that publishing it cannot fail on that.';
comment on column public.posts.summary         is 'A few sentences for lists and feeds.';
comment on column public.posts.content         is 'The text. HTML is kept as it came: whoever shows it makes it safe first.';
comment on column public.posts.content_format  is 'How the text is written: plain, markdown or html.';
comment on column public.posts.language        is 'The language it is written in.';
comment on column public.posts.cover_image_url is 'Where the picture above it is.';
comment on column public.posts.canonical_url   is 'Where it first appeared, if that was elsewhere.';
comment on column public.posts.status          is 'draft, scheduled (public from published_at on), published or archived (public no more).';
comment on column public.posts.published_at    is 'When it became public, or will. A draft has none; a published post gets one if it comes without.';
comment on column public.posts.archived_at     is 'When it was archived; NULL unless it is.';
comment on column public.posts.is_featured     is 'Whether the publication puts it in front. Set by trusted server code only.';
comment on column public.posts.is_commentable  is 'Whether new comments may be added.';
comment on column public.posts.search          is 'What full-text search looks through: title, summary and text.';
comment on column public.posts.metadata        is 'Free-form JSON object for what has no column of its own. Whoever reads the post reads it.';
comment on column public.posts.row_version     is 'Counts the changes of the row; the API''s ETag.';
comment on column public.posts.created_at      is 'When the row was made.';
comment on column public.posts.updated_at      is 'When the row last changed.';
comment on column public.posts.deleted_at      is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint chk_posts_published_at on public.posts is 'A draft has no date of publication, a scheduled or published post has one; an archived post may never have been public.';

create index        idx_posts_author_id_created_at     on public.posts (author_id, created_at desc) where deleted_at is null;
create index        idx_posts_author_id_updated_at     on public.posts (author_id, updated_at);
create unique index uq_posts_slug                      on public.posts (slug) where deleted_at is null;
create index        idx_posts_public                   on public.posts (published_at desc, id) where status in ('scheduled', 'published') and deleted_at is null;
create index        idx_posts_category_id_published_at on public.posts (category_id, published_at desc) where category_id is not null;
create index        idx_posts_due                      on public.posts (published_at) where status = 'scheduled' and deleted_at is null;
create index        idx_posts_deleted_at               on public.posts (deleted_at) where deleted_at is not null;
create index        idx_posts_search                   on public.posts using gin (search);
comment on index public.uq_posts_slug    is 'The slug of a post in the trash is free again.';
comment on index public.idx_posts_public is 'What everybody may read, newest first.';
comment on index public.idx_posts_search is 'Serves public.search_posts() and roles that see all rows.';
comment on index public.idx_posts_due    is 'What public.publish_due_posts() looks for.';

create function public.stamp_post() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  case new.status
    when 'draft' then
      new.published_at := null;
      new.archived_at  := null;
    when 'scheduled' then
      new.archived_at  := null;
    when 'published' then
      -- Published is published now at the latest: a date to come is what "scheduled" is for.
      new.published_at := least(coalesce(new.published_at, now()), now());
      new.archived_at  := null;
    when 'archived' then
      new.archived_at  := coalesce(new.archived_at, now());
    else
      null;
  end case;
  return new;
end
$$;
comment on function public.stamp_post() is
  'Trigger, before a post''s status or its dates are written: sets the dates that the status implies and takes back those it rules out.';

create function public.publish_due_posts() returns bigint
  language plpgsql
  set search_path = ''
as $$
declare
  published bigint;
begin
  update public.posts p
  set status = 'published'
  where p.status = 'scheduled' and p.published_at <= now() and p.deleted_at is null;
  get diagnostics published = row_count;
  return published;
end
$$;
comment on function public.publish_due_posts() is
  'Turns scheduled posts whose time has come into published ones and returns how many. Only the word changes: readers see such a post already. For a job that runs now and then.';

-- howdah:allow callable-definer-function: it shows public posts alone, which everybody may read
create function public.search_posts(query text, max_rows integer default 20)
  returns table (
    id uuid, author_id uuid, category_id uuid, title text, slug text, summary text, language text, published_at timestamptz,
    rank real)
  language sql stable security definer
  set search_path = ''
as $$
  select p.id, p.author_id, p.category_id, p.title, p.slug, p.summary, p.language, p.published_at, ts_rank(p.search, q)
  from public.posts p
  cross join websearch_to_tsquery('pg_catalog.simple', left(search_posts.query, 1000)) as q
  where p.search @@ q
    and p.status in ('scheduled', 'published') and p.published_at <= now() and p.deleted_at is null
  order by ts_rank(p.search, q) desc, p.published_at desc, p.id
  limit least(greatest(search_posts.max_rows, 0), 100)
$$;
comment on function public.search_posts(text, integer) is
  'Public posts that match a query as one types it into a search engine, best first, 100 at most. Runs as the owner and shows public posts only: for anybody else a filter on "search" looks at every row, because under row-level security PostgreSQL uses an index only for operators it knows to leak nothing, and full-text search is not among them.';

grant execute on function public.publish_due_posts() to service_role;
grant execute on function public.search_posts(text, integer) to anon, authenticated, service_role;

create trigger trg_posts_stamp
  before insert or update of status, published_at, archived_at on public.posts
  for each row execute function public.stamp_post();
create trigger trg_posts_touch
  before update on public.posts
  for each row execute function public.touch_row();
create trigger trg_posts_audit
  after insert or update or delete on public.posts
  for each row execute function audit.record_change('id', 'author_id', 'content', 'search', 'metadata');

alter table public.posts enable row level security;
alter table public.posts force  row level security;

create policy authenticated_reads_own_and_public on public.posts
  for select to authenticated
  using ((author_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
         or (status in ('scheduled', 'published') and published_at <= now() and deleted_at is null));
create policy author_adds_own on public.posts
  for insert to authenticated
  with check (author_id = (select auth.uid())
              and not exists (select from public.authors a where a.id = (select auth.uid()) and a.is_suspended));
create policy author_changes_own on public.posts
  for update to authenticated
  using (author_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (author_id = (select auth.uid())
              and (deleted_at is not null
                   or not exists (select from public.authors a where a.id = (select auth.uid()) and a.is_suspended)));
create policy author_removes_own on public.posts
  for delete to authenticated
  using (author_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())));
create policy anybody_reads_public on public.posts
  for select to anon
  using (status in ('scheduled', 'published') and published_at <= now() and deleted_at is null);
create policy service_manages_all on public.posts
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.posts
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy authenticated_reads_own_and_public on public.posts is 'An author reads their own posts in every state, and everybody what is public.';
comment on policy author_adds_own                    on public.posts is 'An author who is not suspended adds posts under their own name.';
comment on policy author_changes_own                 on public.posts is 'An author changes their own posts and cannot give them away; one who is suspended can only move them to the trash.';
comment on policy author_removes_own                 on public.posts is 'An author deletes their own posts.';
comment on policy anybody_reads_public               on public.posts is 'Everybody reads what is published and not in the trash, from its date on.';
comment on policy service_manages_all                on public.posts is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live                on public.posts is 'Reporting reads live rows, drafts included.';

grant select, delete on public.posts to authenticated;
grant insert (
    id, author_id, category_id, title, slug, summary, content, content_format, language, cover_image_url,
    canonical_url, status, published_at, is_commentable, metadata
  ), update (
    id, author_id, category_id, title, slug, summary, content, content_format, language, cover_image_url,
    canonical_url, status, published_at, is_commentable, metadata, deleted_at
  ) on public.posts to authenticated;
grant select (
    id, author_id, category_id, title, slug, summary, content, content_format, language, cover_image_url,
    canonical_url, status, published_at, is_featured, is_commentable, search, metadata, row_version, created_at,
    updated_at, deleted_at
  ) on public.posts to anon;
grant select, insert, update, delete on public.posts to service_role;
grant select (
    id, author_id, category_id, title, slug, summary, content, content_format, language, cover_image_url,
    canonical_url, status, published_at, archived_at, is_featured, is_commentable, metadata, row_version,
    created_at, updated_at, deleted_at
  ) on public.posts to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- post_tags
-- ---------------------------------------------------------------------------------------------------------------

-- The author stands in the primary key although the post decides it: a row can then be told to be its author's by itself, and
-- the columns of both foreign keys lie within one key.
create table public.post_tags (
  author_id  uuid        not null,
  post_id    uuid        not null,
  tag_id     uuid        not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint post_tags_pkey    primary key (author_id, post_id, tag_id),
  constraint fk_post_tags_post foreign key (author_id, post_id) references public.posts (author_id, id) on update cascade on delete cascade,
  constraint fk_post_tags_tag  foreign key (tag_id) references public.tags (id) on delete cascade
);

comment on table  public.post_tags            is 'Which post carries which tag. @group filing @owner author_id';
comment on column public.post_tags.author_id  is 'Who wrote the post.';
comment on column public.post_tags.post_id    is 'The post.';
comment on column public.post_tags.tag_id     is 'The tag it carries.';
comment on column public.post_tags.created_at is 'When the row was made.';
comment on column public.post_tags.updated_at is 'When the row last changed.';

create index idx_post_tags_post_id on public.post_tags (post_id);
create index idx_post_tags_tag_id  on public.post_tags (tag_id, post_id);

create trigger trg_post_tags_updated_at
  before update on public.post_tags
  for each row execute function public.set_updated_at();

alter table public.post_tags enable row level security;
alter table public.post_tags force  row level security;

create policy anybody_reads_of_readable_posts on public.post_tags
  for select to anon, authenticated
  using (exists (select from public.posts p where p.id = post_id));
create policy author_adds_own on public.post_tags
  for insert to authenticated
  with check (author_id = (select auth.uid())
              and not exists (select from public.authors a where a.id = (select auth.uid()) and a.is_suspended));
create policy author_removes_own on public.post_tags
  for delete to authenticated
  using (author_id = (select auth.uid()));
create policy service_manages_all on public.post_tags
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_all on public.post_tags
  for select to howdah_readonly
  using (true);
comment on policy anybody_reads_of_readable_posts on public.post_tags is 'Whoever reads a post reads its tags: the policies of posts decide.';
comment on policy author_adds_own                 on public.post_tags is 'An author tags their own posts; the foreign key sees to it that they are.';
comment on policy author_removes_own              on public.post_tags is 'An author takes tags off their own posts.';
comment on policy service_manages_all             on public.post_tags is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_all              on public.post_tags is 'Reporting reads the rows.';

grant select (author_id, post_id, tag_id, created_at, updated_at) on public.post_tags to anon, authenticated;
grant insert (author_id, post_id, tag_id), delete on public.post_tags to authenticated;
grant select, insert, update, delete on public.post_tags to service_role;
grant select (author_id, post_id, tag_id, created_at, updated_at) on public.post_tags to howdah_readonly;
