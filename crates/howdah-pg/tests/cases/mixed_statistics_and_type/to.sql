create table public.t (id int primary key, a bigint, b text);
create statistics public.st (dependencies) on a, b from public.t;
create statistics public.ex on (a % 10), (lower(b)) from public.t;
comment on statistics public.st is 'Kept.';
alter statistics public.st set statistics 50;
