insert into public.t values (1, 'x', 2, 'y'), (2, 'xx', 3, 'yy');
