create schema app;
create schema api;
grant usage on schema app to howdah_case_app;
grant usage, create on schema api to howdah_case_alice with grant option;
grant usage on schema api to public;
revoke create on schema public from public;
