create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, a bigint, b bigint);
create trigger of_a before update of a on public.t for each row execute function public.f();
create trigger when_b before update on public.t for each row when (new.b > 0) execute function public.f();
comment on trigger when_b on public.t is 'Kept.';
alter table public.t disable trigger of_a;
alter table public.t enable always trigger when_b;
