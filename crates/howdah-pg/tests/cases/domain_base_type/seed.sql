insert into public.accounts values (1, 5, '{1,2}'), (2, 2000, null);
