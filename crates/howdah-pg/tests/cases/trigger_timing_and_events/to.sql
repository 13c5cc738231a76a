create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, a text);
create trigger trg after insert or update or delete on public.t for each row execute function public.f();
comment on trigger trg on public.t is 'Kept.';
