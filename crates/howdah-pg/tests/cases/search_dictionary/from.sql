create text search dictionary public.simple_en (template = simple, stopwords = english);
create text search dictionary public.gone (template = simple);
comment on text search dictionary public.simple_en is 'Before';
