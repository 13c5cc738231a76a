insert into public.a values (1, 'ABC'), (2, null);
