insert into public.base values (1, 'a');
insert into public.derived values (2, 'b', 3);
