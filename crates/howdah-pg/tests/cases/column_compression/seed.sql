insert into public.t values (1, repeat('x', 3000), 'b');
