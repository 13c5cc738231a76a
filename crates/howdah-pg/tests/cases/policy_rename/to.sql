create table public.t (id int);
-- renamed-from: before
create policy after on public.t using (id > 0);
comment on policy after on public.t is 'Kept.';
