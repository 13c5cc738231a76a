insert into public.people values (1, 'sad'), (2, 'ok');
