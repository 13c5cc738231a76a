create schema app;
create schema api;
grant usage, create on schema app to howdah_case_app;
grant usage on schema app to howdah_case_bob;
grant usage on schema api to howdah_case_alice;
grant create on schema public to howdah_case_alice;
revoke usage on schema public from public;
