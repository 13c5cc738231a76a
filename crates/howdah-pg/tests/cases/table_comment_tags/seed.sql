insert into public.a values (1, 'ada@example.org');
