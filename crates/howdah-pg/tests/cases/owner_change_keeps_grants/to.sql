create table public.t (id int primary key, n int);
create function public.f() returns int language sql as 'select 1';
alter table public.t owner to howdah_case_bob;
grant select on public.t to howdah_case_app;
grant update (n) on public.t to howdah_case_alice with grant option;
alter function public.f() owner to howdah_case_alice;
revoke execute on function public.f() from public;
grant execute on function public.f() to howdah_case_app;
