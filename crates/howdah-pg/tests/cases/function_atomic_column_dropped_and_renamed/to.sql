create table public.t (
  id int primary key,
  new int -- renamed-from: old
);
create function public.f() returns setof int language sql begin atomic select new from public.t; end;
create function public.g() returns int language sql begin atomic select max(new) from public.t; end;
