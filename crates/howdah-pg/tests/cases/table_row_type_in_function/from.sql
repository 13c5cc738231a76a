create table public.gauge (id int, reading int);
create function public.latest() returns setof public.gauge language sql stable as $$ select * from public.gauge $$;
