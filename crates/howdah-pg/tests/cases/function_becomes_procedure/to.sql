create procedure public.work(int) language sql as 'select 1';
create aggregate public.agg(int) (sfunc = int4pl, stype = int);
