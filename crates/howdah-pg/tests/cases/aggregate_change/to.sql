create aggregate public.total(int) (sfunc = int4pl, stype = int, initcond = '100', combinefunc = int4pl, parallel = safe);
create aggregate public.longest(text) (sfunc = text_larger, stype = text, sortop = operator(pg_catalog.>));
create table public.t (id int primary key, g int);
create view public.totals as select g, public.total(id) as total from public.t group by g;
comment on aggregate public.total(int) is 'Kept';
revoke execute on function public.total(int) from public;
grant execute on function public.total(int) to howdah_case_app;
