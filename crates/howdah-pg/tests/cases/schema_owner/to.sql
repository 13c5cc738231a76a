create schema app authorization howdah_case_bob;
create schema api authorization howdah_case_bob;
create table api.things (id int);
