create schema app;
create schema api;
alter default privileges in schema app grant insert on tables to howdah_case_bob;
alter default privileges in schema api grant usage on types to howdah_case_app;
alter default privileges for role howdah_case_alice in schema app grant usage, select on sequences to howdah_case_app;
create table app.t (id int primary key);
create table app.u (id int primary key);
create type api.e as enum ('a');
