create text search dictionary public.d (template = simple, stopwords = german, accept = false);
create text search dictionary public.e (template = simple, accept = true);
