create function public.f() returns trigger language plpgsql as $$ begin return new; end $$;

create table public.t (id int, a text);
create trigger a_row before insert or update on public.t for each row execute function public.f();
create trigger b_stmt after delete or truncate on public.t for each statement execute function public.f();
create trigger c_args before insert on public.t for each row execute function public.f('one', 'it''s', '');
