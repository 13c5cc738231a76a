create text search dictionary public.d (template = simple, accept = false);
create text search dictionary public.e (template = simple, stopwords = english, accept = true);
