create extension unaccent;
create text search configuration public.c (copy = simple);
create text search configuration public.gone (parser = default);
comment on text search configuration public.c is 'Before';
create table public.docs (id int primary key, body text, search tsvector generated always as (to_tsvector('public.c', body)) stored);
create index docs_search on public.docs using gin (search);
create index docs_body on public.docs using gin (to_tsvector('public.c', body));
