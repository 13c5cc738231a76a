create table public.t (id int, a text);
create policy p on public.t using (id > 0);
create policy q on public.t for update using (id > 0) with check (id > 1);
