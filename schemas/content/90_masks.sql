-- Masked views: what howdah_readonly sees of tables that hold personal data.
--
-- Generated from the @mask and @pii tags by `howdah role masks`: change the tags and run it again.
-- The views read as their owner, show the rows that howdah_readonly's own policies show, and mask by
-- expression, so that no condition, order or join on them meets a value that is hidden.

create schema public_masked;
comment on schema public_masked is 'The tables of schema public as reporting may see them: masked.';
grant usage on schema public_masked to howdah_readonly;

-- Without a row in here every hash is NULL. `howdah role masks --make-key` adds it, once a database; it is
-- random, so it is no part of a migration.
create table public_masked.hash_keys (
  id         uuid        not null default '00000000-0000-0000-0000-000000000000',
  inner_key  bytea       not null default decode(replace(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), '-', ''), 'hex'),
  outer_key  bytea       not null default decode(replace(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), '-', ''), 'hex'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),

  constraint hash_keys_pkey   primary key (id),
  constraint chk_hash_keys_id check (id = '00000000-0000-0000-0000-000000000000')
);
comment on table  public_masked.hash_keys            is 'The keys of hashed values: one row, read by the views alone.';
comment on column public_masked.hash_keys.id         is 'Always the same: there is one row.';
comment on column public_masked.hash_keys.inner_key  is 'Goes before the value.';
comment on column public_masked.hash_keys.outer_key  is 'Goes before the digest of the value.';
comment on column public_masked.hash_keys.created_at is 'When the keys were made.';
comment on column public_masked.hash_keys.updated_at is 'When they last changed; hashes from before do not match later ones.';


create view public_masked.authors with (security_barrier) as
select
  id,
  ((select left(encode(sha256(k.outer_key || sha256(k.inner_key || convert_to(slug::text, 'UTF8'))), 'hex'), 12)
     from public_masked.hash_keys as k))::text as slug,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(display_name::text, '\s+') with ordinality as w (word, place)))::text as display_name,
  null::text as bio,
  null::text as avatar_url,
  null::text as website,
  is_suspended,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at
from public.authors;
comment on view public_masked.authors is 'public.authors as reporting may see it.';
comment on column public_masked.authors.id is 'The id of the account; nothing else of the account shows.';
comment on column public_masked.authors.slug is 'Names the author in URLs. @mask hash';
comment on column public_masked.authors.display_name is 'The name readers see. @mask name';
comment on column public_masked.authors.bio is 'A few words about the author. @mask null';
comment on column public_masked.authors.avatar_url is 'Where the author''s picture is. @mask null';
comment on column public_masked.authors.website is 'The author''s website. @mask null';
comment on column public_masked.authors.is_suspended is 'Whether the author may no longer post and comment; what is there stays. Set by trusted server code only.';
comment on column public_masked.authors.metadata is 'Free-form JSON object for what has no column of its own. Only trusted server code sees it. @mask null';
comment on column public_masked.authors.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.authors.created_at is 'When the row was made.';
comment on column public_masked.authors.updated_at is 'When the row last changed.';
grant select on public_masked.authors to howdah_readonly;


create view public_masked.comments with (security_barrier) as
select
  id,
  author_id,
  post_id,
  parent_comment_id,
  null::text as content,
  status,
  moderated_at,
  null::text as moderation_note,
  edited_at,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.comments
where (deleted_at IS NULL);
comment on view public_masked.comments is 'public.comments as reporting may see it.';
comment on column public_masked.comments.id is 'The row''s id.';
comment on column public_masked.comments.author_id is 'Who wrote it.';
comment on column public_masked.comments.post_id is 'The post it belongs to, and all its replies with it.';
comment on column public_masked.comments.parent_comment_id is 'The comment it answers, on the same post; NULL if it answers the post itself.';
comment on column public_masked.comments.content is 'What it says, as plain text. @mask null';
comment on column public_masked.comments.status is 'pending, approved, rejected or spam. Set by trusted server code only; an edit by the author makes it pending again.';
comment on column public_masked.comments.moderated_at is 'When it was decided on; NULL while it is pending.';
comment on column public_masked.comments.moderation_note is 'Why it was decided so. Only trusted server code sees it. @mask null';
comment on column public_masked.comments.edited_at is 'When its text last changed; NULL if it never did.';
comment on column public_masked.comments.metadata is 'Free-form JSON object for what has no column of its own. Only trusted server code sees it. @mask null';
comment on column public_masked.comments.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.comments.created_at is 'When the row was made.';
comment on column public_masked.comments.updated_at is 'When the row last changed.';
comment on column public_masked.comments.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.comments to howdah_readonly;
