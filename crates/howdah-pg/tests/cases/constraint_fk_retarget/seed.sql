insert into public.p1 values (1);
insert into public.p2 values (1);
insert into public.c values (1, 1);
