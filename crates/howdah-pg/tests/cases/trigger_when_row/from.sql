create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, a text, b varchar(5), c numeric);
create trigger trg before update on public.t for each row
  when (row(old.a, old.b) is distinct from row(new.a, new.b)) execute function public.f();
create trigger whole before update on public.t for each row
  when (old.* is distinct from new.*) execute function public.f();
