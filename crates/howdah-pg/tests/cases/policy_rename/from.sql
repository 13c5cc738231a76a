create table public.t (id int);
-- renamed-from: after
create policy before on public.t using (id > 0);
comment on policy before on public.t is 'Kept.';
