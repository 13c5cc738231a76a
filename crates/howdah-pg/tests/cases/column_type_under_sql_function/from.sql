create table public.t (id int primary key, n int);
create function public.n_of(i int) returns int language sql stable
begin atomic
  select t.n from public.t where t.id = i;
end;
grant execute on function public.n_of(int) to howdah_case_app;
