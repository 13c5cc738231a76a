-- renamed-from: stemmer
create text search dictionary public.stem (template = snowball, language = english);
-- renamed-from: docs
create text search configuration public.c (parser = default);
alter text search configuration public.c add mapping for asciiword with public.stem;
create table public.t (id int primary key, body text);
create index t_body on public.t using gin (to_tsvector('public.c', body));
