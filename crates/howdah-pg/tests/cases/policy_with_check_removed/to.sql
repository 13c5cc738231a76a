-- An ALTER POLICY can change an expression but never take one away.

create table public.t (id int);
create policy p on public.t using (id > 0);
comment on policy p on public.t is 'Kept.';
