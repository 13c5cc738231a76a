create function public.f() returns trigger language plpgsql as $$ begin return null; end $$;

create table public.t (id int);
create trigger trg after update on public.t for each statement execute function public.f();
