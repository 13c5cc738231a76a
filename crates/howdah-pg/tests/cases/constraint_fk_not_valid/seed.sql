insert into public.c values (1, 99);
