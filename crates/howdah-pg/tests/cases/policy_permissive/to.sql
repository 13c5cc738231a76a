create table public.t (id int);
create policy p on public.t as restrictive using (id > 0);
comment on policy p on public.t is 'Kept.';
