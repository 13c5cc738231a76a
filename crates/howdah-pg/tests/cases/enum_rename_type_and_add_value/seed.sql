insert into public.cars values (1, 'red');
