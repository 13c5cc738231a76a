-- A body between BEGIN ATOMIC and END is tied to the column.

create table public.t (
  id int primary key,
  title text -- renamed-from: label
);
create function public.label_of(i int) returns text language sql stable
begin atomic
  select t.title from public.t where t.id = i;
end;
