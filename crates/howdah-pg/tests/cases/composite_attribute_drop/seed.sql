insert into public.people values (1, '("Main",1,Bern)'), (2, null);
