insert into public.node values (1, null, 'a'), (2, 1, 'b');
