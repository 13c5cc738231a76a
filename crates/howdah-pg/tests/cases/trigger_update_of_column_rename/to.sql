create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (
  id int,
  b text -- renamed-from: a
);
create trigger trg before update of b on public.t for each row when (new.b <> '') execute function public.f();
