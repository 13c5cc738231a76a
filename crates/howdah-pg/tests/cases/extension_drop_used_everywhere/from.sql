create extension hstore;
create extension cube;
create table public.items (id int primary key, attributes hstore not null default '', position cube);
create index items_attributes on public.items using gin (attributes);
create view public.colors as select id, attributes -> 'color' as color from public.items;
create function public.size(hstore) returns text language sql immutable as $$ select $1 -> 'size' $$;
create domain public.tags as hstore check (value ? 'kind');
