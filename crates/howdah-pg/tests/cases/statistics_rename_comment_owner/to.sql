create schema app;
create table public.t (id int primary key, a int, b int);
-- renamed-from: s
create statistics public.t_stats on a, b from public.t;
comment on statistics public.t_stats is 'After';
create statistics app.other on id, b from public.t;
alter statistics app.other owner to howdah_case_alice;
