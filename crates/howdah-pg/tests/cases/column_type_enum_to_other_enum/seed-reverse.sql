insert into public.t values (1, 'sad'), (2, 'happy');
