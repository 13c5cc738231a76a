insert into public.users_raw values (1, 'x', true);
