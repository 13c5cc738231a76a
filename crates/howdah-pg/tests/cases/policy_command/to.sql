create table public.t (id int);
create policy p on public.t for update using (id > 0);
