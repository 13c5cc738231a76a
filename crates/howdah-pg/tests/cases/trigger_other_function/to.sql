create function public.g() returns trigger language plpgsql as $$ begin return null; end $$;
create table public.t (id int);
create trigger trg before insert on public.t for each row execute function public.g();
