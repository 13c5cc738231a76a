insert into public.p values (1, 10);
insert into public.c values (1, 1);
