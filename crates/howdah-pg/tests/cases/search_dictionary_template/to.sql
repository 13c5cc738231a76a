create text search dictionary public.d (template = snowball, language = english);
create text search configuration public.c (copy = english);
alter text search configuration public.c alter mapping for asciiword with public.d;
