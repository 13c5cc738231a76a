create table public.t (id int);
create policy p on public.t to public using (true);
