create table public.t (id int, a text, b text, c text);
comment on column public.t.b is 'old';
comment on column public.t.c is 'going';
