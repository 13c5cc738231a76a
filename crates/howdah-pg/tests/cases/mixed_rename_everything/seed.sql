insert into public.customers values (1, 'ada@example.org');
insert into public.orders values (1, 1);
