create type public.lang as enum ('en', 'de');
create table public.languages (lang public.lang primary key, name text not null);
create table public.texts (id int, lang public.lang not null references public.languages on update cascade, body text, primary key (id, lang));
