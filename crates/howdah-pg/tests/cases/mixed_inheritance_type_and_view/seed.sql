insert into public.base values (1, 1);
insert into public.derived values (2, 2, 'x');
