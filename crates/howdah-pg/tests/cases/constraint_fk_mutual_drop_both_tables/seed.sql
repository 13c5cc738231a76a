insert into public.keep values (1);
