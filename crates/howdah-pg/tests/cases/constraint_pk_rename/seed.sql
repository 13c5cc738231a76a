insert into public.t values (1);
insert into public.c values (1);
