-- renamed-from: total
create aggregate public.sum_up(int) (sfunc = int4pl, stype = int, initcond = '0');
comment on aggregate public.sum_up(int) is 'Before';
create aggregate public.b(int) (sfunc = int4pl, stype = int);
