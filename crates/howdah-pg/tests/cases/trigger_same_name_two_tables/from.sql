create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.a (id int);
create table public.b (id int);
create trigger trg before insert on public.a for each row execute function public.f();
create trigger trg before insert on public.b for each row execute function public.f();
