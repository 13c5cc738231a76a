create text search dictionary public.simple_en (template = simple, stopwords = english, accept = false);
create text search dictionary public.stem (template = snowball, language = german);
comment on text search dictionary public.simple_en is 'After';
alter text search dictionary public.stem owner to howdah_case_alice;
