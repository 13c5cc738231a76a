create function public.slug(t text) returns text language sql immutable as $$ select lower(t) $$;
create table public.t (id int primary key, title text, slug text generated always as (public.slug(title)) stored, constraint uq_slug unique (slug));
