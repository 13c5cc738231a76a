create table public.t (id int);
create policy p on public.t using (true);
create policy q on public.t using (true);
comment on policy q on public.t is 'going';
