create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, n int);
create trigger whole before update on public.t for each row when (old.* is distinct from new.*) execute function public.f();
