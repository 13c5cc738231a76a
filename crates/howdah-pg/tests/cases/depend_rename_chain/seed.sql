insert into public.b values (1, 2, 3);
insert into public.a values (1, 1);
