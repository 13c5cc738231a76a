insert into public.kinds values (1, 'one'), (2, 'two');
insert into public.things values (10, 1), (11, null);
