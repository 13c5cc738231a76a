create function public.f() returns int language plpgsql as 'begin return 1; end';
grant usage on schema public to howdah_case_app;
