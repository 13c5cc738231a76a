insert into public.kid values (1, 'a', 2);
