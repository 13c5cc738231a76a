create table public.t (
  id int primary key,
  label text -- renamed-from: title
);
create function public.label_of(i int) returns text language sql stable
begin atomic
  select t.label from public.t where t.id = i;
end;
