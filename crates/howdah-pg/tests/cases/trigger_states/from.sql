create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int);
create trigger a before insert on public.t for each row execute function public.f();
create trigger b before insert on public.t for each row execute function public.f();
create trigger c before insert on public.t for each row execute function public.f();
create trigger d before insert on public.t for each row execute function public.f();
alter table public.t disable trigger b;
alter table public.t enable replica trigger c;
