create schema app authorization howdah_case_bob;
grant usage on schema app to howdah_case_app;
grant all on schema app to howdah_case_alice;
