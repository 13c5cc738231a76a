create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, a text);
create trigger trg before update on public.t for each row execute function public.f();
