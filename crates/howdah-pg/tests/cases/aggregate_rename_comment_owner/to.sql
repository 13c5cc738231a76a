-- renamed-from: sum_up
create aggregate public.total(int) (sfunc = int4pl, stype = int, initcond = '0');
comment on aggregate public.total(int) is 'After';
create aggregate public.b(int) (sfunc = int4pl, stype = int);
comment on aggregate public.b(int) is 'New';
alter aggregate public.b(int) owner to howdah_case_alice;
revoke execute on function public.b(int) from public;
