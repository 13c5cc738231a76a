insert into public.loads (id, amount, unit) values (1, 2, 'kg'), (2, 5, 'g'), (3, null, null);
