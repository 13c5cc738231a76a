-- renamed-from: sheets
create table public.papers (id int, name text);
grant select on public.papers to howdah_case_app;
grant update (name) on public.papers to howdah_case_bob;
comment on table public.papers is 'Paper.';
