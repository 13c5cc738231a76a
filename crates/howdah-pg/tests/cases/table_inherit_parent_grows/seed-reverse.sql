insert into public.base values (1, 'a');
insert into public.one values (2, 'b', 20);
insert into public.two values (3, 'c', 30, 300);
