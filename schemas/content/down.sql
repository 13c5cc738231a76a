-- Undoes the numbered files of this folder, in reverse order. It runs before the down.sql of the shared files.
--
-- Dropping a table drops its indexes, triggers, policies, comments and grants.

-- 90_masks.sql
drop view public_masked.comments;
drop view public_masked.authors;
drop table public_masked.hash_keys;
drop schema public_masked;

-- 23_comments.sql; its policies use can_reply_to()
drop table public.comments;
drop function public.limit_thread_depth();
drop function public.moderate_comment();
drop function public.can_reply_to(uuid);

-- 22_posts.sql
drop table public.post_tags;
drop function public.search_posts(text, integer);
drop table public.posts;
drop function public.publish_due_posts();
drop function public.stamp_post();

-- 21_categories_tags.sql
drop table public.tags;
drop table public.categories;

-- 20_authors.sql
drop table public.authors;
drop domain public.slug;
comment on schema public is 'standard public schema';
