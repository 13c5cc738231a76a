create table public.t (id int);
create policy p on public.t to howdah_case_alice, howdah_case_bob using (true);
create policy q on public.t to howdah_case_app using (true);
