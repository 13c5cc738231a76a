-- A parameter's type changes; default, check, index, generated column, policy, view and trigger call the function.

create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

create function public.norm(t text) returns text language sql immutable as $$ select lower(t) $$;
create table public.t (
  id int primary key,
  a text default public.norm('X'),
  n text generated always as (public.norm(a)) stored,
  constraint chk_a check (public.norm(a) <> 'bad')
);
create index idx on public.t (public.norm(a));
create policy p on public.t using (public.norm(a) = current_user);
create view public.v as select public.norm(a) as a from public.t;
create trigger trg before update on public.t for each row when (public.norm(new.a) <> '') execute function public.nothing();
create domain public.d as text check (public.norm(value) <> '');
