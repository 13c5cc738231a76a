create table public.t (id int, part int, n int not null default 1, primary key (id, part)) partition by list (part);
-- renamed-from: r1
create table public.p1 partition of public.t for values in (1);
create table public.p2 partition of public.t for values in (2);
