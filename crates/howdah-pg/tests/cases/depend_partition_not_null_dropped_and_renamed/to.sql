create table public.t (id int, part int, n int default 1, primary key (id, part)) partition by list (part);
-- renamed-from: p1
create table public.r1 partition of public.t for values in (1);
create table public.p2 partition of public.t for values in (2);
