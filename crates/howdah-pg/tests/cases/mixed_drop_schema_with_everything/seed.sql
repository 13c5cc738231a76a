insert into public.stays values (1, 'a');
