insert into public.pairs values (1, 'x');
