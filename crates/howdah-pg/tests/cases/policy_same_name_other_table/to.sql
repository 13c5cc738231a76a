create table public.a (id int);
create table public.b (id int);
create policy p on public.b using (true);
