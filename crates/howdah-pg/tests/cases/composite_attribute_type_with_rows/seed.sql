insert into public.items values (1, '(5,CHF)', '{"(1,EUR)"}'), (2, null, null);
