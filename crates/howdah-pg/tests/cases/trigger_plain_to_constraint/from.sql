create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int);
create trigger trg after insert on public.t for each row execute function public.f();
