insert into public.people values (1, 'Ann@example.org'), (2, 'bob@example.org');
