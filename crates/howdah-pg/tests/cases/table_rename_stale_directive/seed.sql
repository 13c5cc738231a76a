insert into public.things values (1, 'one');
