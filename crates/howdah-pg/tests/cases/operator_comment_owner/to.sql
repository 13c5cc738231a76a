create function public.same(text, text) returns boolean language sql immutable as 'select lower($1) = lower($2)';
create operator public.=== (function = public.same, leftarg = text, rightarg = text, hashes, merges);
comment on operator public.=== (text, text) is 'After';
alter operator public.=== (text, text) owner to howdah_case_alice;
create operator public.==== (function = public.same, leftarg = text, rightarg = text);
