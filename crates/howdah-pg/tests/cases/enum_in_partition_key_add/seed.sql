insert into public.sales values (1, 'east'), (2, 'west');
