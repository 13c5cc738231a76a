create table public.t (id int primary key, label text);
create function public.label(public.t) returns text language sql immutable as $$ select 'x' $$;
alter table public.t alter column label set default public.label(null::public.t);
create table public.checked (id int primary key, name text);
create function public.fine(public.checked) returns boolean language sql immutable as 'select ($1).id > 0';
alter table public.checked add constraint fine check (public.fine(checked.*));
create function public.own_rows(public.checked) returns setof public.checked language sql stable as 'select * from public.checked where id = $1.id';
