create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (
  id int,
  a text -- renamed-from: b
);
create trigger trg before update of a on public.t for each row when (new.a <> '') execute function public.f();
