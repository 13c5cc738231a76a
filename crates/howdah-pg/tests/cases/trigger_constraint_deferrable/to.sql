create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int);
create constraint trigger trg after insert on public.t deferrable initially deferred for each row execute function public.f();
