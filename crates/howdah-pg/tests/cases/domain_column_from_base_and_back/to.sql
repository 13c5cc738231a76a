create domain public.slug as text check (value ~ '^[a-z-]+$');
create table public.posts (id int primary key, slug public.slug not null unique, old_slug text);
create view public.slugs as select slug, old_slug from public.posts;
