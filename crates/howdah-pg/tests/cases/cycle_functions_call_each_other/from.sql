create function public.even(int) returns boolean language sql immutable as 'select true';
