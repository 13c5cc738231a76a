-- A table made after the default privileges changed carries other grants than one made before.

create table public.old_one (id int primary key);
grant select on public.old_one to howdah_case_app;
alter default privileges in schema public grant select, insert on tables to howdah_case_bob;
create table public.new_one (id int primary key);
revoke insert on public.new_one from howdah_case_bob;
