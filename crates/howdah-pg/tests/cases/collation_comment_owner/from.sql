create collation public.a (provider = icu, locale = 'fr');
create collation public.b (provider = icu, locale = 'it');
comment on collation public.a is 'Before';
