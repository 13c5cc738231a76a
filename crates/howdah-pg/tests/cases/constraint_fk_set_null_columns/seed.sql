insert into public.p values (1, 2);
insert into public.c values (1, 1, 2);
