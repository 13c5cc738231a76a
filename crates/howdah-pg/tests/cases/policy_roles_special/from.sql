create table public.t (id int);
create policy p on public.t to current_user using (true);
