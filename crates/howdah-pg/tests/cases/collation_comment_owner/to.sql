create collation public.a (provider = icu, locale = 'fr');
create collation public.b (provider = icu, locale = 'it');
comment on collation public.a is 'After';
comment on collation public.b is 'New';
alter collation public.b owner to howdah_case_alice;
