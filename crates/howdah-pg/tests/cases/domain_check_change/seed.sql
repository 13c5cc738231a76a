insert into public.people values (1, 20), (2, null);
