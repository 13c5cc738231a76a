insert into public.prices values ('x', 1), ('y', 2);
insert into public.next_prices values ('x', 3, '2024-01-01');
