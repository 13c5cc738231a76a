create function public.keep(internal, anyelement) returns internal language internal immutable as 'ordered_set_transition';
create aggregate public.middle(float8 order by anyelement) (
  sfunc = ordered_set_transition, stype = internal, finalfunc = percentile_disc_final, finalfunc_extra
);
