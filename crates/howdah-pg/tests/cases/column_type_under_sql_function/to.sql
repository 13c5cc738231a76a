-- The body is tied to the column and its result type changes with it.

create table public.t (id int primary key, n bigint);
create function public.n_of(i int) returns bigint language sql stable
begin atomic
  select t.n from public.t where t.id = i;
end;
grant execute on function public.n_of(int) to howdah_case_app;
