insert into public.person values (1, 'Ada'), (2, null);
