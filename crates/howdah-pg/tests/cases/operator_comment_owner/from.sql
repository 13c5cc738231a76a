create function public.same(text, text) returns boolean language sql immutable as 'select lower($1) = lower($2)';
create operator public.=== (function = public.same, leftarg = text, rightarg = text, hashes, merges);
comment on operator public.=== (text, text) is 'Before';
create operator public.==== (function = public.same, leftarg = text, rightarg = text, restrict = eqsel);
