create schema app;
create schema api authorization howdah_case_alice;
create table api.things (id int);
