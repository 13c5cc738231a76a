insert into public.t values (1, 'a', 2, 'c'), (2, 'aa', 3, 'cc');
