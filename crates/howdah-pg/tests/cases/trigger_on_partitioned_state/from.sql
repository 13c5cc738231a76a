create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, at date) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
create table public.t_2 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
create trigger every after insert on public.t for each row execute function public.f();
