-- Who reads and writes what in a publication, and what no statement can do: checked as two authors, a reader without an
-- account, trusted server code and the reporting role.
--
-- Run it as a superuser (it switches roles) on a database with the shared and the content files; it changes nothing in the end.

begin;

create temporary table person (name text primary key, id uuid not null default gen_random_uuid());
insert into person (name) values ('ada'), ('ben'), ('cy');
create temporary table thing (name text primary key, id uuid not null default gen_random_uuid());
insert into thing (name) values
  ('draft'), ('due'), ('future'), ('public'), ('closed'), ('bens'), ('news'), ('local'), ('deep'),
  ('first'), ('reply'), ('hidden');
grant select on person, thing to public;

create function pg_temp.person(text) returns uuid language sql stable as 'select id from person where name = $1';
create function pg_temp.thing(text) returns uuid language sql stable as 'select id from thing where name = $1';

-- Becomes somebody: a role, and the person in its claims if there is one.
create function pg_temp.become(role_name text, name text default null) returns void language plpgsql as $$
begin
  execute format('set local role %I', role_name);
  perform set_config('request.jwt.claims',
    case when name is null then '' else json_build_object('sub', pg_temp.person(name), 'role', role_name)::text end, true);
  perform set_config('howdah.trash', '', true);
end
$$;

-- The statement fails with that SQLSTATE, or touches no row when none is named.
create function pg_temp.refuses(statement text, state text default null) returns void language plpgsql as $$
declare
  touched bigint;
begin
  begin
    execute statement;
    get diagnostics touched = row_count;
  exception when others then
    -- Where a RESTRICT stands in the way PostgreSQL 18 says so (23001); before, it was any foreign key (23503).
    if sqlstate = state or (state = '23503' and sqlstate = '23001') then
      return;
    end if;
    raise exception '% instead of %: %', sqlstate, coalesce(state, 'no row'), statement using detail = sqlerrm;
  end;
  if state is not null or touched > 0 then
    raise exception 'not refused (% rows): %', touched, statement;
  end if;
end
$$;

create function pg_temp.sees(query text, expected bigint) returns void language plpgsql as $$
declare
  seen bigint;
begin
  execute format('select count(*) from (%s) as q', query) into seen;
  if seen <> expected then
    raise exception '% rows instead of %, as %: %', seen, expected, current_user, query;
  end if;
end
$$;

set local role howdah_auth;
insert into auth.users (id, email) select p.id, p.name || '@example.org' from person p;

do $rules$
begin
  -- Categories: a tree for staff alone to write.
  perform pg_temp.become('service_role');
  insert into public.categories (id, name, slug) values (pg_temp.thing('news'), 'News', 'news');
  insert into public.categories (id, parent_category_id, name, slug) values
    (pg_temp.thing('local'), pg_temp.thing('news'), 'Local', 'local'), (pg_temp.thing('deep'), pg_temp.thing('local'), 'Deep', 'news');
  perform pg_temp.refuses('insert into public.categories (name, slug) values (''Again'', ''news'')', '23505');
  perform pg_temp.refuses(format('insert into public.categories (parent_category_id, name, slug) values (%L, ''Again'', ''local'')', pg_temp.thing('news')), '23505');
  perform pg_temp.refuses(format('update public.categories set parent_category_id = %L where id = %L', pg_temp.thing('deep'), pg_temp.thing('news')), '23514');
  perform pg_temp.refuses(format('update public.categories set parent_category_id = id where id = %L', pg_temp.thing('news')), '23514');
  perform pg_temp.refuses(format('delete from public.categories where id = %L', pg_temp.thing('news')), '23503');
  perform pg_temp.refuses('insert into public.categories (name, slug) values (''X'', ''No Slug'')', '23514');

  -- Authors: nobody before they say so, and only oneself.
  perform pg_temp.become('authenticated', 'ada');
  perform pg_temp.refuses(format('insert into public.posts (author_id, title, slug) values (%L, ''T'', ''t'')', pg_temp.person('ada')), '23503');
  perform pg_temp.refuses('insert into public.tags (name, slug) values (''t'', ''t'')', '42501');
  perform pg_temp.refuses(format('insert into public.authors (id, slug, display_name) values (%L, ''ben'', ''Ben'')', pg_temp.person('ben')), '42501');
  perform pg_temp.refuses(format('insert into public.authors (id, slug, display_name, is_suspended) values (%L, ''ada'', ''Ada'', false)', pg_temp.person('ada')), '42501');
  insert into public.authors (id, slug, display_name) values (pg_temp.person('ada'), 'ada', 'Ada');
  perform pg_temp.refuses('select metadata from public.authors', '42501');
  perform pg_temp.refuses('insert into public.categories (name, slug) values (''Mine'', ''mine'')', '42501');
  perform pg_temp.become('authenticated', 'ben');
  insert into public.authors (id, slug, display_name) values (pg_temp.person('ben'), 'ben', 'Ben');
  perform pg_temp.refuses(format('update public.authors set bio = ''x'' where id = %L', pg_temp.person('ada')));
  perform pg_temp.refuses('update public.authors set is_suspended = false', '42501');
  perform pg_temp.refuses('delete from public.authors', '42501');

  -- Posts: their states and who reads them.
  perform pg_temp.become('authenticated', 'ada');
  insert into public.posts (id, author_id, title, slug, content, status, published_at) values
    (pg_temp.thing('draft'),  pg_temp.person('ada'), 'Draft',  'draft',  'secret words', 'draft',     now()),
    (pg_temp.thing('due'),    pg_temp.person('ada'), 'Due',    'due',    '', 'scheduled', now() - interval '1 minute'),
    (pg_temp.thing('future'), pg_temp.person('ada'), 'Future', 'future', '', 'scheduled', now() + interval '1 day'),
    (pg_temp.thing('public'), pg_temp.person('ada'), 'Public', 'public', 'The quick brown fox', 'published', null),
    (pg_temp.thing('closed'), pg_temp.person('ada'), 'Closed', 'closed', '', 'published', now() + interval '1 day');
  perform pg_temp.refuses(format('insert into public.posts (author_id, title, slug, status) values (%L, ''T'', ''t'', ''scheduled'')', pg_temp.person('ada')), '23514');
  perform pg_temp.refuses(format('insert into public.posts (author_id, title, slug, status) values (%L, ''T'', ''t'', ''live'')', pg_temp.person('ada')), '23514');
  perform pg_temp.refuses(format('insert into public.posts (author_id, title, slug) values (%L, ''T'', ''public'')', pg_temp.person('ada')), '23505');
  perform pg_temp.refuses(format('insert into public.posts (author_id, title, slug) values (%L, ''T'', ''t'')', pg_temp.person('ben')), '42501');
  perform pg_temp.refuses('update public.posts set is_featured = true', '42501');
  update public.posts set is_commentable = false where slug = 'closed';
  perform pg_temp.sees('select from public.posts', 5);
  perform pg_temp.sees('select from public.posts where slug = ''draft'' and published_at is null', 1);
  perform pg_temp.sees('select from public.posts where status = ''published'' and published_at <= now()', 2);
  insert into public.tags (name, slug) values ('Foxes', 'foxes');
  perform pg_temp.refuses('insert into public.tags (name, slug) values (''FOXES'', ''foxes-2'')', '23505');
  perform pg_temp.refuses('update public.tags set name = ''x''', '42501');
  insert into public.post_tags (author_id, post_id, tag_id)
    select p.author_id, p.id, t.id from public.posts p cross join public.tags t where p.slug in ('draft', 'public');

  perform pg_temp.become('authenticated', 'ben');
  perform pg_temp.sees('select from public.posts', 3);
  perform pg_temp.sees('select from public.post_tags', 1);
  perform pg_temp.refuses('update public.posts set title = ''mine''');
  perform pg_temp.refuses('delete from public.posts');
  perform pg_temp.refuses('delete from public.post_tags');
  perform pg_temp.refuses(format('insert into public.post_tags (author_id, post_id, tag_id) select %L, %L, id from public.tags', pg_temp.person('ben'), pg_temp.thing('draft')), '23503');
  perform pg_temp.refuses(format('insert into public.post_tags (author_id, post_id, tag_id) select %L, %L, id from public.tags', pg_temp.person('ada'), pg_temp.thing('due')), '42501');
  perform set_config('howdah.trash', 'with', true);
  perform pg_temp.sees('select from public.posts', 3);

  perform pg_temp.become('anon');
  perform pg_temp.sees('select id, title from public.posts', 3);
  perform pg_temp.sees('select from public.posts where search @@ to_tsquery(''simple'', ''bro:*'')', 1);
  perform pg_temp.sees('select from public.posts where search @@ to_tsquery(''simple'', ''secret'')', 0);
  perform pg_temp.sees('select id from public.search_posts(''brown -cat'')', 1);
  perform pg_temp.sees('select id from public.search_posts(''secret or future'')', 0);
  perform pg_temp.sees('select id from public.search_posts(''due or public'', -1)', 0);
  perform pg_temp.sees('select id from public.search_posts(null, null)', 0);
  perform pg_temp.sees('select id, name from public.categories', 3);
  perform pg_temp.sees('select id, display_name from public.authors', 2);
  perform pg_temp.sees('select post_id from public.post_tags', 1);
  perform pg_temp.refuses('select archived_at from public.posts', '42501');
  perform pg_temp.refuses('select is_suspended from public.authors', '42501');
  perform pg_temp.refuses('update public.posts set title = ''x''', '42501');
  perform pg_temp.refuses('delete from public.posts', '42501');
  perform pg_temp.refuses('select public.publish_due_posts()', '42501');
  -- Whoever sets the trash by hand gains nothing.
  perform set_config('howdah.trash', 'with', true);
  perform pg_temp.sees('select id from public.posts', 3);

  -- Archiving takes a post away, and what was said to it; a token without a subject sees what anon sees.
  perform pg_temp.become('authenticated', 'ada');
  update public.posts set status = 'archived' where slug = 'closed';
  perform pg_temp.sees('select from public.posts where archived_at is not null and published_at is not null', 1);
  perform pg_temp.become('authenticated');
  perform pg_temp.sees('select from public.posts', 2);
  perform pg_temp.become('authenticated', 'ada');
  update public.posts set status = 'published' where slug = 'closed';
  perform pg_temp.sees('select from public.posts where archived_at is null and slug = ''closed''', 1);

  -- Comments: approved before others read them.
  perform pg_temp.become('authenticated', 'ben');
  insert into public.comments (id, author_id, post_id, content) values
    (pg_temp.thing('first'), pg_temp.person('ben'), pg_temp.thing('public'), 'First'),
    (pg_temp.thing('hidden'), pg_temp.person('ben'), pg_temp.thing('public'), 'Hidden');
  perform pg_temp.sees('select from public.comments where status = ''pending''', 2);
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content) values (%L, %L, ''x'')', pg_temp.person('ben'), pg_temp.thing('draft')), '42501');
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content) values (%L, %L, ''x'')', pg_temp.person('ben'), pg_temp.thing('future')), '42501');
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content) values (%L, %L, ''x'')', pg_temp.person('ben'), pg_temp.thing('closed')), '42501');
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content) values (%L, %L, ''x'')', pg_temp.person('ada'), pg_temp.thing('public')), '42501');
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content, status) values (%L, %L, ''x'', ''approved'')', pg_temp.person('ben'), pg_temp.thing('public')), '42501');
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, parent_comment_id, content) values (%L, %L, %L, ''x'')', pg_temp.person('ben'), pg_temp.thing('due'), pg_temp.thing('first')), '23503');
  perform pg_temp.refuses('update public.comments set status = ''approved''', '42501');
  perform pg_temp.refuses('update public.comments set parent_comment_id = null', '42501');
  perform pg_temp.refuses('select moderation_note from public.comments', '42501');

  perform pg_temp.become('authenticated', 'ada');
  perform pg_temp.sees('select from public.comments', 0);
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, parent_comment_id, content) values (%L, %L, %L, ''x'')', pg_temp.person('ada'), pg_temp.thing('public'), pg_temp.thing('first')), '42501');

  perform pg_temp.become('service_role');
  update public.comments set status = 'approved' where id = pg_temp.thing('first');
  update public.comments set status = 'rejected', moderation_note = 'no' where id = pg_temp.thing('hidden');
  perform pg_temp.sees('select from public.comments where moderated_at is not null', 2);

  perform pg_temp.become('authenticated', 'ada');
  perform pg_temp.sees('select from public.comments', 1);
  insert into public.comments (id, author_id, post_id, parent_comment_id, content)
    values (pg_temp.thing('reply'), pg_temp.person('ada'), pg_temp.thing('public'), pg_temp.thing('first'), 'Reply');
  perform pg_temp.refuses('update public.comments set content = ''x'' where author_id <> auth.uid()');
  perform pg_temp.become('anon');
  perform pg_temp.sees('select id, content from public.comments', 1);
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content) values (%L, %L, ''x'')', pg_temp.person('ada'), pg_temp.thing('public')), '42501');
  perform pg_temp.refuses('select moderated_at from public.comments', '42501');

  -- What is edited is decided on anew; what is marked as spam stays so.
  perform pg_temp.become('authenticated', 'ben');
  update public.comments set content = 'Something else';
  perform pg_temp.sees('select from public.comments where status = ''pending'' and moderated_at is null and edited_at is not null', 2);
  perform pg_temp.become('service_role');
  update public.comments set status = 'approved' where id in (pg_temp.thing('first'), pg_temp.thing('reply'));
  update public.comments set content = 'By staff', status = 'spam' where id = pg_temp.thing('hidden');
  perform pg_temp.become('authenticated', 'ben');
  update public.comments set content = 'Yet another' where id = pg_temp.thing('hidden');
  perform pg_temp.sees('select from public.comments where status = ''spam''', 1);
  perform pg_temp.become('anon');
  perform pg_temp.sees('select id from public.comments', 2);

  -- To the trash and back; the reply keeps its place.
  perform pg_temp.become('authenticated', 'ben');
  perform set_config('howdah.trash', 'with', true);
  update public.comments set deleted_at = now() where id = pg_temp.thing('first') and deleted_at is null;
  perform set_config('howdah.trash', '', true);
  perform pg_temp.sees('select from public.comments', 2);
  perform pg_temp.become('anon');
  perform pg_temp.sees(format('select id from public.comments where parent_comment_id = %L', pg_temp.thing('first')), 1);

  -- Threads: as deep as allowed, whatever the order and whoever asks; no circles.
  perform pg_temp.become('service_role');
  create temporary table chain on commit drop as select n, gen_random_uuid() as id from generate_series(1, 11) as n;
  insert into public.authors (id, slug, display_name) values (pg_temp.person('cy'), 'cy', 'Cy');
  perform pg_temp.refuses(format(
    'insert into public.comments (id, author_id, post_id, parent_comment_id, content)
     select c.id, %L, %L, p.id, c.n::text from chain c left join chain p on p.n = c.n - 1 order by c.n desc', pg_temp.person('cy'), pg_temp.thing('due')), '23514');
  insert into public.comments (id, author_id, post_id, parent_comment_id, content, status)
    select c.id, pg_temp.person('cy'), pg_temp.thing('due'), p.id, c.n::text, 'approved'
    from chain c left join chain p on p.n = c.n - 1 where c.n <= 10 order by c.n desc;
  perform pg_temp.refuses(format(
    'insert into public.comments (author_id, post_id, parent_comment_id, content) select %L, %L, id, ''x'' from chain where n = 10', pg_temp.person('cy'), pg_temp.thing('due')), '23514');
  perform pg_temp.refuses('update public.comments set parent_comment_id = (select id from chain where n = 9) where id = (select id from chain where n = 2)', '23514');
  perform pg_temp.refuses('update public.comments set parent_comment_id = id where id = (select id from chain where n = 2)', '23514');
  perform pg_temp.refuses(format('update public.comments set parent_comment_id = %L where id = (select id from chain where n = 2)', pg_temp.thing('reply')), '23503');
  perform pg_temp.refuses(format(
    'insert into public.comments (id, author_id, post_id, parent_comment_id, content)
     values (%1$L, %3$L, %4$L, %2$L, ''a''), (%2$L, %3$L, %4$L, %1$L, ''b'')',
    gen_random_uuid(), gen_random_uuid(), pg_temp.person('cy'), pg_temp.thing('due')), '23514');
  -- A subtree moves as a whole: under one more level, eleven.
  insert into public.comments (author_id, post_id, content) values (pg_temp.person('cy'), pg_temp.thing('due'), 'Top');
  perform pg_temp.refuses('update public.comments set parent_comment_id = (select id from public.comments where content = ''Top'') where id = (select id from chain where n = 1)', '23514');
  -- Hidden levels count.
  update public.comments set status = 'rejected' where id in (select id from chain where n between 2 and 8);
  perform pg_temp.become('authenticated', 'ben');
  perform pg_temp.refuses(format(
    'insert into public.comments (author_id, post_id, parent_comment_id, content) select %L, %L, id, ''x'' from public.comments where content = ''10''', pg_temp.person('ben'), pg_temp.thing('due')), '23514');

  -- A suspended author still takes things back.
  perform pg_temp.become('service_role');
  update public.authors set is_suspended = true where slug = 'ben';
  perform pg_temp.become('authenticated', 'ben');
  perform pg_temp.refuses(format('insert into public.posts (author_id, title, slug) values (%L, ''T'', ''t'')', pg_temp.person('ben')), '42501');
  perform pg_temp.refuses(format('insert into public.comments (author_id, post_id, content) values (%L, %L, ''x'')', pg_temp.person('ben'), pg_temp.thing('public')), '42501');
  perform pg_temp.refuses('insert into public.tags (name, slug) values (''t'', ''t'')', '42501');
  perform pg_temp.refuses('update public.comments set content = ''x''', '42501');
  perform set_config('howdah.trash', 'with', true);
  update public.comments set deleted_at = now() where deleted_at is null;
  if not found then raise exception 'a suspended author cannot trash'; end if;

  -- Reporting.
  perform pg_temp.become('howdah_readonly');
  perform pg_temp.sees('select id, status from public.comments', 12);
  perform pg_temp.refuses('select content from public.comments', '42501');
  perform pg_temp.refuses('select display_name from public.authors', '42501');
  perform pg_temp.refuses('select search from public.posts', '42501');

  perform pg_temp.become('service_role');
  if public.publish_due_posts() <> 1 then raise exception 'the due post was not published'; end if;

  -- Erasing the one who began the thread leaves the answers of others, at the top.
  perform pg_temp.become('howdah_auth');
  delete from auth.users where id = pg_temp.person('ben');
  perform pg_temp.become('anon');
  perform pg_temp.sees(format('select id from public.comments where id = %L and parent_comment_id is null', pg_temp.thing('reply')), 1);
  perform pg_temp.become('howdah_auth');
  delete from auth.users where id = pg_temp.person('ada');
  perform pg_temp.become('service_role');
  perform pg_temp.sees('select from public.posts', 0);
  perform pg_temp.sees('select from public.comments', 0);
  perform pg_temp.sees('select from public.authors', 1);
  perform pg_temp.sees('select from audit.audit_events where resource_type = ''public.posts'' and action = ''insert''', 5);
  perform pg_temp.sees('select from audit.audit_events where (after ? ''content'' or before ? ''content'')', 0);
end
$rules$;

rollback;
