insert into public.p values (1); insert into public.c values (1, 1, 1, 7);
