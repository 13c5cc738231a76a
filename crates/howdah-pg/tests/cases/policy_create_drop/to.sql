create table public.t (id int, owner_name name);
alter table public.t enable row level security;
create policy read_own on public.t for select to howdah_case_app using (owner_name = current_user);
create policy write_own on public.t for insert to howdah_case_app, howdah_case_bob with check (owner_name = current_user);
create policy "change own" on public.t for update using (owner_name = current_user) with check (id > 0);
create policy drop_own on public.t for delete to public using (false);
