create function public.nearer(point, point) returns boolean language sql immutable as 'select $1 <-> $2 < 0.5';
create operator public.~~~ (function = public.nearer, leftarg = point, rightarg = point, commutator = operator(public.~~~));
create table public.places (id int primary key, at point, check (at operator(public.~~~) '(0,0)' or id > 0));
create index places_near on public.places ((at operator(public.~~~) '(0,0)'));
alter table public.places enable row level security;
create policy near on public.places using (at operator(public.~~~) '(0,0)');
create view public.nearby as select id from public.places where at operator(public.~~~) '(1,1)';
create function public.is_near(point) returns boolean language sql immutable return $1 operator(public.~~~) '(0,0)'::point;
