create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.p (id int primary key);

create table public.t (id int, a text);
create constraint trigger trg after insert on public.t for each row execute function public.f();
