-- Comments on posts, as threads.


-- ---------------------------------------------------------------------------------------------------------------
-- comments
-- ---------------------------------------------------------------------------------------------------------------

-- When a comment is deleted for good, as when its author is erased, the replies of others stay and move to the top of the
-- post. In the trash it keeps its place, and they keep theirs.
-- howdah:allow audit-trigger: a comment says itself that it came; the trail keeps what was decided and what was deleted
create table public.comments (
  id                uuid        not null default gen_random_uuid(),
  author_id         uuid        not null,
  post_id           uuid        not null,
  parent_comment_id uuid,
  content           text        not null,
  status            text        not null default 'pending',
  moderated_at      timestamptz,
  moderation_note   text,
  edited_at         timestamptz,
  metadata          jsonb       not null default '{}',
  row_version       bigint      not null default 1,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  deleted_at        timestamptz,

  constraint comments_pkey              primary key (id),
  constraint uq_comments_post_id_id     unique (post_id, id),
  constraint fk_comments_author         foreign key (author_id) references public.authors (id) on delete cascade,
  constraint fk_comments_post           foreign key (post_id) references public.posts (id) on delete cascade,
  constraint fk_comments_parent_comment foreign key (post_id, parent_comment_id) references public.comments (post_id, id) on delete set null (parent_comment_id),
  constraint chk_comments_parent_comment_id check (parent_comment_id <> id),
  constraint chk_comments_content           check (char_length(content) <= 10000 and btrim(content) <> ''),
  constraint chk_comments_status            check (status in ('pending', 'approved', 'rejected', 'spam')),
  constraint chk_comments_moderated_at      check ((status = 'pending') = (moderated_at is null)),
  constraint chk_comments_moderation_note   check (char_length(moderation_note) <= 2000),
  constraint chk_comments_metadata          check (jsonb_typeof(metadata) = 'object')
);

comment on table  public.comments                   is 'What readers say to a post and to each other. A comment shows to others once it is approved. @group writing @owner author_id @audit @version row_version';
comment on column public.comments.id                is 'The row''s id.';
comment on column public.comments.author_id         is 'Who wrote it.';
comment on column public.comments.post_id           is 'The post it belongs to, and all its replies with it.';
comment on column public.comments.parent_comment_id is 'The comment it answers, on the same post; NULL if it answers the post itself.';
comment on column public.comments.content           is 'What it says, as plain text. @pii @mask null';
comment on column public.comments.status            is 'pending, approved, rejected or spam. Set by trusted server code only; an edit by the author makes it pending again.';
comment on column public.comments.moderated_at      is 'When it was decided on; NULL while it is pending.';
comment on column public.comments.moderation_note   is 'Why it was decided so. Only trusted server code sees it. @pii @mask null';
comment on column public.comments.edited_at         is 'When its text last changed; NULL if it never did.';
comment on column public.comments.metadata          is 'Free-form JSON object for what has no column of its own. Only trusted server code sees it. @pii @mask null';
comment on column public.comments.row_version       is 'Counts the changes of the row; the API''s ETag.';
comment on column public.comments.created_at        is 'When the row was made.';
comment on column public.comments.updated_at        is 'When the row last changed.';
comment on column public.comments.deleted_at        is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint uq_comments_post_id_id on public.comments is 'Redundant beside the primary key, but it is what keeps a reply on the post of the comment it answers.';

create index idx_comments_author_id_created_at      on public.comments (author_id, created_at desc) where deleted_at is null;
create index idx_comments_author_id_updated_at      on public.comments (author_id, updated_at);
create index idx_comments_post_id_created_at        on public.comments (post_id, created_at) where status = 'approved' and deleted_at is null;
create index idx_comments_post_id_parent_comment_id on public.comments (post_id, parent_comment_id);
create index idx_comments_pending                   on public.comments (created_at) where status = 'pending' and deleted_at is null;
create index idx_comments_deleted_at                on public.comments (deleted_at) where deleted_at is not null;
comment on index public.idx_comments_post_id_created_at is 'What a reader of the post sees, and how many there are.';
comment on index public.idx_comments_pending            is 'What waits for a decision, oldest first.';

create function public.can_reply_to(comment_id uuid) returns boolean
  language sql stable
  set search_path = ''
as $$
  select exists (select from public.comments c where c.id = can_reply_to.comment_id and c.deleted_at is null)
$$;
comment on function public.can_reply_to(uuid) is
  'Whether the caller can read a comment and it is not in the trash. Runs with the caller''s rights. A function because a policy of comments cannot look into comments itself: PostgreSQL would recurse.';

grant execute on function public.can_reply_to(uuid) to authenticated, service_role;

create function public.moderate_comment() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.content is distinct from old.content then
    new.edited_at := now();
    -- Otherwise an author could have a harmless text approved and put another in its place.
    if current_user in ('anon', 'authenticated') and old.status <> 'spam' then
      new.status := 'pending';
    end if;
  end if;

  if new.status = 'pending' then
    new.moderated_at := null;
  elsif tg_op = 'INSERT' then
    new.moderated_at := coalesce(new.moderated_at, now());
  elsif new.status is distinct from old.status then
    new.moderated_at := now();
  end if;
  return new;
end
$$;
comment on function public.moderate_comment() is
  'Trigger, before a comment''s text or state is written: stamps edits and decisions, and sends a text that its author changed back to be decided on.';

-- Runs as the owner, because comments that the caller cannot see count as well. Both walks stop one level past the limit, so
-- that not even a circle could keep them going. After the row, because one statement may insert replies before what they
-- answer; each row then looks up to the top, and a moved one down to its last reply as well.
create function public.limit_thread_depth() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  max_levels constant integer := tg_argv[0]::integer;
  above  integer;
  below  integer := 0;
begin
  with recursive up as (
    select new.parent_comment_id as id, 1 as level
    union all
    select c.parent_comment_id, u.level + 1
    from up u join public.comments c on c.post_id = new.post_id and c.id = u.id
    where u.level <= max_levels
  )
  select max(u.level) into above from up u;

  if tg_op = 'UPDATE' then
    with recursive down as (
      select new.id as id, 0 as level
      union all
      select c.id, d.level + 1
      from down d join public.comments c on c.post_id = new.post_id and c.parent_comment_id = d.id
      where d.level <= max_levels
    )
    select max(d.level) into below from down d;
  end if;

  if above + below > max_levels then
    raise exception using
      errcode    = 'check_violation',
      message    = format('a thread in %s.%s may have %s levels', tg_table_schema, tg_table_name, max_levels),
      hint       = 'Answer a comment higher up.',
      schema     = tg_table_schema,
      table      = tg_table_name,
      column     = 'parent_comment_id',
      constraint = tg_name;
  end if;
  return null;
end
$$;
comment on function public.limit_thread_depth() is
  'Trigger, after insert or update of a comment''s parent: refuses a thread with more levels than its argument says; a comment that answers nothing is the first level.';

create trigger trg_comments_moderation
  before insert or update of content, status, moderated_at on public.comments
  for each row execute function public.moderate_comment();
create trigger trg_comments_touch
  before update on public.comments
  for each row execute function public.touch_row();
-- The post is what the tree lies within, so it takes the place of the owner: replies to one post take turns.
create trigger trg_comments_cycle
  before insert or update of parent_comment_id on public.comments
  for each row when (new.parent_comment_id is not null)
  execute function public.guard_cycle('parent_comment_id', 'post_id');
create trigger trg_comments_depth
  after insert or update of parent_comment_id on public.comments
  for each row when (new.parent_comment_id is not null)
  execute function public.limit_thread_depth('10');
-- Comments come by the thousand and say themselves when they came; the trail keeps what was decided and what was deleted.
create trigger trg_comments_audit
  after delete or update of status, deleted_at on public.comments
  for each row execute function audit.record_change('id', 'author_id', 'content', 'moderation_note', 'metadata');

alter table public.comments enable row level security;
alter table public.comments force  row level security;

create policy authenticated_reads_own_and_approved on public.comments
  for select to authenticated
  using ((author_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
         or (status = 'approved' and deleted_at is null and exists (select from public.posts p where p.id = post_id)));
create policy author_adds_own on public.comments
  for insert to authenticated
  with check (author_id = (select auth.uid())
              and not exists (select from public.authors a where a.id = (select auth.uid()) and a.is_suspended)
              and exists (select from public.posts p
                          where p.id = post_id and p.is_commentable and p.deleted_at is null
                            and p.status in ('scheduled', 'published') and p.published_at <= now())
              and (parent_comment_id is null or public.can_reply_to(parent_comment_id)));
create policy author_changes_own on public.comments
  for update to authenticated
  using (author_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (author_id = (select auth.uid())
              and (deleted_at is not null
                   or not exists (select from public.authors a where a.id = (select auth.uid()) and a.is_suspended)));
create policy author_removes_own on public.comments
  for delete to authenticated
  using (author_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())));
create policy anybody_reads_approved on public.comments
  for select to anon
  using (status = 'approved' and deleted_at is null and exists (select from public.posts p where p.id = post_id));
create policy service_manages_all on public.comments
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.comments
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy authenticated_reads_own_and_approved on public.comments is 'A person reads their own comments in every state, and what others wrote once it is approved, on posts they can read.';
comment on policy author_adds_own                      on public.comments is 'An author who is not suspended comments on a public post that takes comments, and answers comments they can read.';
comment on policy author_changes_own                   on public.comments is 'An author changes the text of their own comments; one who is suspended can only move them to the trash.';
comment on policy author_removes_own                   on public.comments is 'An author deletes their own comments.';
comment on policy anybody_reads_approved               on public.comments is 'Everybody reads approved comments on public posts.';
comment on policy service_manages_all                  on public.comments is 'Trusted server code sees and writes every row, and moderates.';
comment on policy readonly_reads_live                  on public.comments is 'Reporting counts live rows; column grants keep what they say out.';

grant select (
    id, author_id, post_id, parent_comment_id, content, status, moderated_at, edited_at, row_version, created_at,
    updated_at, deleted_at
  ) on public.comments to authenticated;
grant insert (id, author_id, post_id, parent_comment_id, content), update (content, deleted_at), delete
  on public.comments to authenticated;
grant select (
    id, author_id, post_id, parent_comment_id, content, status, edited_at, row_version, created_at, updated_at,
    deleted_at
  ) on public.comments to anon;
grant select, insert, update, delete on public.comments to service_role;
grant select (
    id, author_id, post_id, parent_comment_id, status, moderated_at, edited_at, row_version, created_at,
    updated_at, deleted_at
  ) on public.comments to howdah_readonly;
