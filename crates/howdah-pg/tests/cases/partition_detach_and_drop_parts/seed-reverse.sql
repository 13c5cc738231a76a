insert into public.o values (1);
insert into public.p2 values (1, '2025-05-05', '{"x": 1}', 1, 'a');
