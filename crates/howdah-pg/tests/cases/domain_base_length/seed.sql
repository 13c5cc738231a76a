insert into public.items values (1, 'abcde', 9.99), (2, null, null);
