create function public.lt(point, point) returns boolean language sql immutable as 'select $1[0] < $2[0]';
create function public.gt(point, point) returns boolean language sql immutable as 'select $1[0] > $2[0]';
create function public.lt_all(point, point) returns boolean language sql immutable as 'select $1[0] < $2[0] and $1[1] < $2[1]';
create operator public.<<< (function = public.lt_all, leftarg = point, rightarg = point, commutator = operator(public.>>>), restrict = scalarltsel, join = scalarltjoinsel);
create operator public.>>> (function = public.gt, leftarg = point, rightarg = point, commutator = operator(public.<<<));
