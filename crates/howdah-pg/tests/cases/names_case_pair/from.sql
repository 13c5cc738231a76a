create table public.things (a int, "A" int);
create table public."Things" (a int, "A" int);
