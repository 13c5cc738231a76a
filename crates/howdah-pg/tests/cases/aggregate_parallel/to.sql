create function public.add_state(state bigint[], v int) returns bigint[] language sql immutable parallel safe as 'select array[state[1] + v, state[2] + 1]';
create function public.join_states(a bigint[], b bigint[]) returns bigint[] language sql immutable parallel safe as 'select array[a[1] + b[1], a[2] + b[2]]';
create function public.mean(state bigint[]) returns numeric language sql immutable parallel safe as 'select state[1]::numeric / nullif(state[2], 0)';
create aggregate public.average(int) (sfunc = public.add_state, stype = bigint[], initcond = '{0,0}', finalfunc = public.mean, combinefunc = public.join_states, parallel = safe);
