create aggregate public.sum2(float8) (
  sfunc = float8pl, stype = float8, initcond = '0', msfunc = float8pl, minvfunc = float8mi, mstype = float8, minitcond = '0', msspace = 16, sspace = 8
);
