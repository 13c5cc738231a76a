create table public.t (id int primary key, n bigint);
create view public.base as select id, n from public.t;
create function public.f(public.base) returns int language sql stable begin atomic select ($1).n::int; end;
create view public.over_it as select b.id, public.f(b) as f from public.base b;
create function public.g() returns setof public.over_it language sql stable begin atomic select * from public.over_it; end;
create view public.top as select g.id, g.f from public.g() g;
