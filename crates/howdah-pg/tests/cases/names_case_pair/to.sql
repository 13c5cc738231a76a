-- Two tables and two columns that differ in case alone.

create table public.things (a int, "A" bigint);
create table public."Things" (a int not null, "A" int);
