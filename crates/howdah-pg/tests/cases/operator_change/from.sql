create function public.lt(point, point) returns boolean language sql immutable as 'select $1[0] < $2[0]';
create function public.gt(point, point) returns boolean language sql immutable as 'select $1[0] > $2[0]';
create operator public.<<< (function = public.lt, leftarg = point, rightarg = point);
create operator public.>>> (function = public.gt, leftarg = point, rightarg = point);
