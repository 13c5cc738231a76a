create table public.t (id int);
create policy p on public.t using (id > 0) with check (id > 1);
comment on policy p on public.t is 'Kept.';
