create schema app;
alter default privileges in schema app grant select on tables to howdah_case_app;
alter default privileges in schema app grant usage on sequences to howdah_case_app;
alter default privileges revoke execute on functions from public;
create table app.t (id int primary key, n int);
create view app.v as select n from app.t;
revoke select on app.t from howdah_case_app;
