insert into public.places values (1, '(0,0)'), (2, null);
