create function public.same(text, text) returns boolean language sql immutable as 'select lower($1) = lower($2)';
create operator public.=== (function = public.same, leftarg = text, rightarg = text, commutator = operator(public.===), restrict = eqsel, join = eqjoinsel);
create table public.t (id int primary key, name text);
create view public.anns as select id from public.t where name operator(public.===) 'ann';
