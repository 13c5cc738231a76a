create table public.t (id int primary key, n int);
create view public.v as select id, n from public.t;
create function public.all_v() returns setof public.v language sql stable as $$ select * from public.v $$;
grant execute on function public.all_v() to howdah_case_app;
comment on function public.all_v() is 'All.';
