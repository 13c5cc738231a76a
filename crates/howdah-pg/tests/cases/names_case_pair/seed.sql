insert into public.things values (1, 2);
insert into public."Things" values (3, 4);
