insert into public.people values (1, 'Ann@example.org', 'a.b'), (2, 'bob@example.org', null);
