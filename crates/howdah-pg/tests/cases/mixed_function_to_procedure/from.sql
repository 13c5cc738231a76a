create table public.t (id int);
create function public.work(n int) returns void language sql as $$ insert into public.t values (n) $$;
grant execute on function public.work(int) to howdah_case_app;
