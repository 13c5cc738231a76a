create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, n int);
create view public.v as select id, n from public.t;
create trigger trg instead of insert on public.v for each row execute function public.f();
comment on trigger trg on public.v is 'Kept.';
