create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int);
create trigger a before insert on public.t for each row execute function public.f();
comment on trigger a on public.t is 'new';
create trigger b before insert on public.t for each row execute function public.f();
