create table public.gauge (id int, reading bigint);
create function public.latest() returns setof public.gauge language sql stable as $$ select * from public.gauge $$;
comment on function public.latest() is 'All of them.';
