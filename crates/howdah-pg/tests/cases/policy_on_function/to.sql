-- The function is made before the policy, and changed from plain to another result under it.

create function public.me() returns bigint language sql stable as $$ select 1::bigint $$;
create function public.is_admin() returns boolean language sql stable as $$ select false $$;
create table public.t (id int, owner_id bigint);
create policy p on public.t using (owner_id = public.me() or (select public.is_admin()));
