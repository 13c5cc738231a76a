create aggregate public.total(int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate public.product(float8) (sfunc = float8mul, stype = float8, initcond = '1');
comment on aggregate public.product(float8) is 'All multiplied';
grant execute on function public.product(float8) to howdah_case_app;
create aggregate public.anything(*) (sfunc = int8inc, stype = int8, initcond = '0');
