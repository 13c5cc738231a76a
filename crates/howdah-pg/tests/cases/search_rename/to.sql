-- renamed-from: stem
create text search dictionary public.stemmer (template = snowball, language = english);
-- renamed-from: c
create text search configuration public.docs (parser = default);
alter text search configuration public.docs add mapping for asciiword with public.stemmer;
create table public.t (id int primary key, body text);
create index t_body on public.t using gin (to_tsvector('public.docs', body));
