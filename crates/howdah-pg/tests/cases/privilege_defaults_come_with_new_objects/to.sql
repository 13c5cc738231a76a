create schema app;
create table app.before (id int primary key);
alter default privileges grant select on tables to howdah_case_app;
alter default privileges in schema app grant insert on tables to howdah_case_bob;
create table public.t (id int primary key);
create table app.after (id int primary key);
create view app.view_after as select id from app.after;
create table public.after (id int primary key);
