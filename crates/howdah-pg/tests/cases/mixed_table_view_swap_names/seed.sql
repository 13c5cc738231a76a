insert into public.users values (1, 'x');
