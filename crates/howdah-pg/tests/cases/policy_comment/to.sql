create table public.t (id int);
create policy p on public.t using (true);
comment on policy p on public.t is 'new';
create policy q on public.t using (true);
