-- renamed-from: papers
create table public.sheets (id int, name text);
grant select on public.sheets to howdah_case_app;
grant update (name) on public.sheets to howdah_case_bob;
comment on table public.sheets is 'Paper.';
