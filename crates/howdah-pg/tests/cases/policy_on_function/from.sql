create function public.me() returns int language sql stable as $$ select 1 $$;
create table public.t (id int, owner_id bigint);
create policy p on public.t using (owner_id = public.me());
