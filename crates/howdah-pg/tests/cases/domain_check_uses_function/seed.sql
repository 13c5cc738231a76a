insert into public.words values (1, 'a');
