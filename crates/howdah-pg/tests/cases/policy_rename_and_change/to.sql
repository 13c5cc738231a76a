create table public.t (id int);
-- renamed-from: before
create policy after on public.t to howdah_case_bob using (id > 1);
