create aggregate public.sum2(float8) (
  sfunc = float8pl, stype = float8, msfunc = float8pl, minvfunc = float8mi, mstype = float8
);
