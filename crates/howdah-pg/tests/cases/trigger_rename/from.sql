create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int);
-- renamed-from: trg_after
create trigger trg_before before insert on public.t for each row execute function public.f();
comment on trigger trg_before on public.t is 'Kept.';
