create schema internal;

-- renamed-from: public.f
create function internal.f() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.t (id int);
create trigger trg before insert on public.t for each row execute function internal.f();
