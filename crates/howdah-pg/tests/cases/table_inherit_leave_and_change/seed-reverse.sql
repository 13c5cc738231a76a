insert into public.base values (3, 'c', 5);
insert into public.kid values (1, 'a', 2);
insert into public.grandkid values (2, 'b', 3, 4);
