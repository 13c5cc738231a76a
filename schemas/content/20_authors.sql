-- Who writes: the public side of an account.
--
-- This comes first because posts and comments point here. The conventions that all files of this folder share:
--
-- * An author is an account that chose a public name. Its id is the account's id, so author_id is at once the key to embed the
--   author by and the value that row-level security compares with auth.uid(). Accounts without such a row only read.
-- * Any account may become an author and then post and comment. For a publication with a closed circle of authors, revoke
--   INSERT on public.authors from authenticated: whoever has no row here cannot write, and only trusted server code makes one.
-- * A foreign key between rows of one author is composite, (author_id, x_id) to (author_id, id), and a comment points at its
--   parent through (post_id, parent_comment_id): the check of a foreign key bypasses row-level security, so a plain one would
--   let a row point at any other.
-- * Row-level security is enabled and forced. Everybody reads what is published; an author reads their own rows as well, the
--   trash only when the request asks for it. Where nothing but trusted server code may see or write a column, it is left
--   out of the column grants. Policies are split by command, because a second permissive policy for SELECT beside one
--   FOR ALL would be evaluated for every row as well.
-- * A column "search" is a generated tsvector under the 'simple' configuration, because posts may be in several languages and
--   a stemmer for one cuts the words of the others wrongly. Queries make up for the missing stems with prefixes (word:*).
-- * Nothing is counted in advance. How many comments a post has is a count over an index.


comment on schema public is
  'A publication: authors, posts, their categories and tags, and threads of comments.';

create domain public.slug as text
  constraint chk_slug_length check (char_length(value) between 1 and 200)
  constraint chk_slug_format check (value ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
comment on domain public.slug is
  'The part of a URL that names a row: lower-case ASCII letters and digits, with single hyphens between them, at most 200 characters. ASCII because what counts as a letter beyond it depends on the collation of the database.';


-- ---------------------------------------------------------------------------------------------------------------
-- authors
-- ---------------------------------------------------------------------------------------------------------------

-- No deleted_at: an author row lasts as long as its account, because deleting it deletes everything the author wrote.
create table public.authors (
  id           uuid        not null,
  slug         public.slug not null,
  display_name text        not null,
  bio          text,
  avatar_url   public.url,
  website      public.url,
  is_suspended boolean     not null default false,
  metadata     jsonb       not null default '{}',
  row_version  bigint      not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),

  constraint authors_pkey    primary key (id),
  constraint uq_authors_slug unique (slug),
  constraint fk_authors_user foreign key (id) references auth.users (id) on delete cascade,
  constraint chk_authors_display_name check (char_length(display_name) <= 200 and btrim(display_name) <> ''),
  constraint chk_authors_bio          check (char_length(bio) <= 5000),
  constraint chk_authors_metadata     check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.authors              is 'What readers see of those who post and comment. An account has no public side until its owner adds this row. @group people @owner id @audit @version row_version';
comment on column public.authors.id           is 'The id of the account; nothing else of the account shows.';
comment on column public.authors.slug         is 'Names the author in URLs. @pii name @mask hash';
comment on column public.authors.display_name is 'The name readers see. @pii name @mask name';
comment on column public.authors.bio          is 'A few words about the author. @pii @mask null';
comment on column public.authors.avatar_url   is 'Where the author''s picture is. @pii @mask null';
comment on column public.authors.website      is 'The author''s website. @pii @mask null';
comment on column public.authors.is_suspended is 'Whether the author may no longer post and comment; what is there stays. Set by trusted server code only.';
comment on column public.authors.metadata     is 'Free-form JSON object for what has no column of its own. Only trusted server code sees it. @pii @mask null';
comment on column public.authors.row_version  is 'Counts the changes of the row; the API''s ETag.';
comment on column public.authors.created_at   is 'When the row was made.';
comment on column public.authors.updated_at   is 'When the row last changed.';

create index idx_authors_updated_at on public.authors (updated_at);

create trigger trg_authors_touch
  before update on public.authors
  for each row execute function public.touch_row();
create trigger trg_authors_audit
  after insert or update or delete on public.authors
  for each row execute function audit.record_change(
    'id', 'id', 'id', 'slug', 'display_name', 'bio', 'avatar_url', 'website', 'metadata');

alter table public.authors enable row level security;
alter table public.authors force  row level security;

create policy anybody_reads_all on public.authors
  for select to anon, authenticated
  using (true);
create policy owner_adds_own on public.authors
  for insert to authenticated
  with check (id = (select auth.uid()));
create policy owner_changes_own on public.authors
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));
create policy service_manages_all on public.authors
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_all on public.authors
  for select to howdah_readonly
  using (true);
comment on policy anybody_reads_all   on public.authors is 'Everybody reads who the authors are; column grants keep the server''s own notes out.';
comment on policy owner_adds_own      on public.authors is 'A person makes themself an author, under a name they choose.';
comment on policy owner_changes_own   on public.authors is 'A person changes what readers see of them.';
comment on policy service_manages_all on public.authors is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_all  on public.authors is 'Reporting reads the rows; column grants keep personal data out.';

grant select (id, slug, display_name, bio, avatar_url, website, row_version, created_at, updated_at)
  on public.authors to anon;
grant select (id, slug, display_name, bio, avatar_url, website, is_suspended, row_version, created_at, updated_at)
  on public.authors to authenticated;
grant insert (id, slug, display_name, bio, avatar_url, website),
      update (slug, display_name, bio, avatar_url, website)
  on public.authors to authenticated;
grant select, insert, update, delete on public.authors to service_role;
grant select (id, is_suspended, row_version, created_at, updated_at)
  on public.authors to howdah_readonly;
