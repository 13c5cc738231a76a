create table public.a (id int);
comment on table public.a is 'new: it''s "quoted" \ with a backslash
and a second line';
create table public.b (id int);
comment on table public.b is 'new words';
create table public.c (id int);
