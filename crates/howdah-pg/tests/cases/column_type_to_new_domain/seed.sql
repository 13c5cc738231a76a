insert into public.t values (1, 'ada@example.org');
