insert into public.before values (1, 2);
