create schema app;
alter default privileges in schema app grant select on tables to howdah_case_app;
alter default privileges for role howdah_case_alice in schema app grant execute on functions to howdah_case_app;
create table app.t (id int primary key);
