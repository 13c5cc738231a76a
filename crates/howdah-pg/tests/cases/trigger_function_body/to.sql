-- Only the body changes; the trigger is not touched.

create function public.f() returns trigger language plpgsql security definer set search_path = '' as $$ begin new.id := 1; return new; end $$;
create table public.t (id int);
create trigger trg before insert on public.t for each row execute function public.f();
