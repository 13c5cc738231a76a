insert into public.t values (1, '[1,5)', '{"[1,2)"}'), (2, null, null), (3, 'empty', '{}');
