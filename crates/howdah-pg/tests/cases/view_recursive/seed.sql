insert into public.nodes values (1, null, 'a'), (2, 1, 'b');
