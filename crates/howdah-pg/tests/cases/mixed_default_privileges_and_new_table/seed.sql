insert into public.old_one values (1);
