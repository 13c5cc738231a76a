-- Changing the owner rewrites the grants that the old owner made.

create table public.a (id int, secret text);
alter table public.a owner to howdah_case_bob;
grant select, insert on public.a to howdah_case_app;
grant select (id) on public.a to howdah_case_alice;
