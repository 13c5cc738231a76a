insert into public.items values (1, row(1, 'CHF')), (2, null);
