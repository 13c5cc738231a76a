create table public.t (id int);
-- renamed-from: after
create policy before on public.t to howdah_case_app using (id > 0);
