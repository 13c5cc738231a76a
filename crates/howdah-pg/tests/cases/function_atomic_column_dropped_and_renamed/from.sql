create table public.t (
  id int primary key,
  old int, -- renamed-from: new
  gone text
);
create function public.f() returns setof int language sql begin atomic select old from public.t where gone is not null; end;
create function public.g() returns int language sql begin atomic select max(old) from public.t; end;
