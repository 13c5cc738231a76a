create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, at date) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
create trigger own after insert on public.t_1 for each row execute function public.f('x');
create trigger every after insert or update on public.t for each row execute function public.f();
comment on trigger every on public.t is 'On each.';
