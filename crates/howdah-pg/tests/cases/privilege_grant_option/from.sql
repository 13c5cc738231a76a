create table public.t (id int primary key, a int);
create function public.f() returns int language sql as 'select 1';
grant select, insert on public.t to howdah_case_app with grant option;
grant update on public.t to howdah_case_app;
grant execute on function public.f() to howdah_case_app;
