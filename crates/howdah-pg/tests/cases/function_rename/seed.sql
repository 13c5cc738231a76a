insert into public.people (id, first, last) values (1, 'Ann', 'Bee');
