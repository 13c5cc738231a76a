insert into public.log values (1, 'a');
