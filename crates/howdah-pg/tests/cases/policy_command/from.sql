create table public.t (id int);
create policy p on public.t for select using (id > 0);
