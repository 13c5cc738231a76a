insert into public.bills values (1, 100, 'first'), (2, 200, null);
