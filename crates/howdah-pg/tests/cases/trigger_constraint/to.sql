create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.p (id int primary key);

create table public.t (id int, a text);
create constraint trigger trg after insert or update of a on public.t from public.p deferrable initially deferred
  for each row when (new.id > 0) execute function public.f();
comment on trigger trg on public.t is 'Late.';
