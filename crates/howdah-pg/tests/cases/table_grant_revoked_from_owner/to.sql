create table public.a (id int);
alter table public.a owner to howdah_case_alice;
revoke delete, truncate on public.a from howdah_case_alice;
