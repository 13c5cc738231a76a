create function public.a() returns int language sql as 'select 1';
create function public.b() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.t (id int primary key default public.a());
create trigger b before insert on public.t for each row execute function public.b();
create procedure public.c() language sql as 'delete from public.t';
