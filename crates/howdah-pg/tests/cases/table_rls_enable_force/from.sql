create table public.a (id int);
create table public.b (id int);
alter table public.b enable row level security;
alter table public.b force row level security;
create table public.c (id int);
alter table public.c force row level security;
