create table public.source (id int, n int);
create table public.summary (id int, n int);
create view public.top as select id from public.summary where n > 10;
create function public.one() returns public.summary language sql stable as $$ select * from public.summary limit 1 $$;
