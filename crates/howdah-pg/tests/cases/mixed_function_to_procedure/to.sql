create table public.t (id int);
create procedure public.work(n int) language sql as $$ insert into public.t values (n) $$;
grant execute on procedure public.work(int) to howdah_case_app;
