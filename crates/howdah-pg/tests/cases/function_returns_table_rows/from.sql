create table public.people (id int primary key, name text);
create function public.everybody() returns setof public.people language sql stable as 'select * from public.people';
create function public.one(int) returns public.people language sql stable begin atomic select * from public.people where id = $1; end;
create function public.names(public.people[]) returns text[] language sql immutable as 'select array_agg(name) from unnest($1)';
create view public.everybody_view as select * from public.everybody();
