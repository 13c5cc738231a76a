create table public.t (id int primary key, n int);
create view public.v as select id, n from public.t;
create view public.w as select n from public.v;
grant select on public.v to howdah_case_app;
comment on view public.v is 'The same words.';
