insert into public.people values (1, 'Ann'), (2, 'bob');
