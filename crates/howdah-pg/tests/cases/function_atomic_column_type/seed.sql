insert into public.accounts values (1, 100);
