create table public.t (id int primary key, n int);
create materialized view public.sums as select sum(n) as total from public.t;
create materialized view public.unread as select n, count(*) as c from public.t group by n with no data;
create unique index unread_n on public.unread (n);
