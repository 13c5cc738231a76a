create schema app authorization howdah_case_alice;
grant usage on schema app to howdah_case_app;
