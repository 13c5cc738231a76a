insert into public.base values (1);
insert into public.one values (2, 20);
insert into public.two values (3, 30, 300);
