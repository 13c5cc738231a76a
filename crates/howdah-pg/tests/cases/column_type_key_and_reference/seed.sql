insert into public.parent values (1, 'a'), (2, 'b');
insert into public.child values (10, 1), (11, null);
