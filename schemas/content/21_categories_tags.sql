-- What posts are filed under: a tree of categories, which belongs to the publication, and a flat list of tags, to which
-- authors add.


-- ---------------------------------------------------------------------------------------------------------------
-- categories
-- ---------------------------------------------------------------------------------------------------------------

-- No deleted_at: a category in the trash would leave the categories below it hanging.
create table public.categories (
  id                 uuid        not null default gen_random_uuid(),
  parent_category_id uuid,
  name               text        not null,
  slug               public.slug not null,
  description        text,
  position           integer     not null default 0,
  metadata           jsonb       not null default '{}',
  row_version        bigint      not null default 1,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),

  constraint categories_pkey                primary key (id),
  constraint fk_categories_parent_category  foreign key (parent_category_id) references public.categories (id) on delete restrict,
  constraint chk_categories_parent_category_id check (parent_category_id <> id),
  constraint chk_categories_name               check (char_length(name) <= 200 and btrim(name) <> ''),
  constraint chk_categories_description        check (char_length(description) <= 2000),
  constraint chk_categories_metadata           check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.categories                    is 'The tree of headings that posts stand under. Trusted server code keeps it. @group filing @version row_version';
comment on column public.categories.id                 is 'The row''s id.';
comment on column public.categories.parent_category_id is 'The category it is part of, which cannot go while it has parts; NULL at the top.';
comment on column public.categories.name               is 'What readers see.';
comment on column public.categories.slug               is 'Names the category in URLs, after those above it.';
comment on column public.categories.description        is 'What belongs here.';
comment on column public.categories.position           is 'Its place among its siblings; lowest first.';
comment on column public.categories.metadata           is 'Free-form JSON object for what has no column of its own. Only trusted server code sees it.';
comment on column public.categories.row_version        is 'Counts the changes of the row; the API''s ETag.';
comment on column public.categories.created_at         is 'When the row was made.';
comment on column public.categories.updated_at         is 'When the row last changed.';

create unique index uq_categories_parent_category_id_slug      on public.categories (parent_category_id, slug) nulls not distinct;
create index        idx_categories_parent_category_id_position on public.categories (parent_category_id, position);
create index        idx_categories_updated_at                  on public.categories (updated_at);
comment on index public.uq_categories_parent_category_id_slug is 'One slug once among siblings. NULLS NOT DISTINCT: those at the top are siblings too.';

create trigger trg_categories_touch
  before update on public.categories
  for each row execute function public.touch_row();
create trigger trg_categories_cycle
  before insert or update of parent_category_id on public.categories
  for each row when (new.parent_category_id is not null)
  execute function public.guard_cycle('parent_category_id');

alter table public.categories enable row level security;
alter table public.categories force  row level security;

create policy anybody_reads_all on public.categories
  for select to anon, authenticated
  using (true);
create policy service_manages_all on public.categories
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_all on public.categories
  for select to howdah_readonly
  using (true);
comment on policy anybody_reads_all   on public.categories is 'Everybody reads the categories.';
comment on policy service_manages_all on public.categories is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_all  on public.categories is 'Reporting reads the rows.';

grant select (id, parent_category_id, name, slug, description, position, row_version, created_at, updated_at)
  on public.categories to anon, authenticated;
grant select, insert, update, delete on public.categories to service_role;
grant select (id, parent_category_id, name, slug, description, position, metadata, row_version, created_at, updated_at)
  on public.categories to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- tags
-- ---------------------------------------------------------------------------------------------------------------

create table public.tags (
  id          uuid        not null default gen_random_uuid(),
  name        text        not null,
  slug        public.slug not null,
  description text,
  metadata    jsonb       not null default '{}',
  row_version bigint      not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),

  constraint tags_pkey    primary key (id),
  constraint uq_tags_slug unique (slug),
  constraint chk_tags_name        check (char_length(name) <= 100 and btrim(name) <> ''),
  constraint chk_tags_description check (char_length(description) <= 2000),
  constraint chk_tags_metadata    check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.tags             is 'Words that posts are found by. Authors add them; trusted server code renames and removes them. @group filing @version row_version';
comment on column public.tags.id          is 'The row''s id.';
comment on column public.tags.name        is 'What readers see.';
comment on column public.tags.slug        is 'Names the tag in URLs.';
comment on column public.tags.description is 'What it stands for.';
comment on column public.tags.metadata    is 'Free-form JSON object for what has no column of its own. Only trusted server code sees it.';
comment on column public.tags.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public.tags.created_at  is 'When the row was made.';
comment on column public.tags.updated_at  is 'When the row last changed.';

create unique index uq_tags_name        on public.tags (lower(name));
create index        idx_tags_updated_at on public.tags (updated_at);
comment on index public.uq_tags_name is 'One tag per word, whatever its capitals.';

create trigger trg_tags_touch
  before update on public.tags
  for each row execute function public.touch_row();

alter table public.tags enable row level security;
alter table public.tags force  row level security;

create policy anybody_reads_all on public.tags
  for select to anon, authenticated
  using (true);
create policy author_adds on public.tags
  for insert to authenticated
  with check (exists (select from public.authors a where a.id = (select auth.uid()) and not a.is_suspended));
create policy service_manages_all on public.tags
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_all on public.tags
  for select to howdah_readonly
  using (true);
comment on policy anybody_reads_all   on public.tags is 'Everybody reads the tags.';
comment on policy author_adds         on public.tags is 'An author who is not suspended adds a tag. It then belongs to nobody.';
comment on policy service_manages_all on public.tags is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_all  on public.tags is 'Reporting reads the rows.';

grant select (id, name, slug, description, row_version, created_at, updated_at)
  on public.tags to anon, authenticated;
grant insert (id, name, slug) on public.tags to authenticated;
grant select, insert, update, delete on public.tags to service_role;
grant select (id, name, slug, description, metadata, row_version, created_at, updated_at)
  on public.tags to howdah_readonly;
