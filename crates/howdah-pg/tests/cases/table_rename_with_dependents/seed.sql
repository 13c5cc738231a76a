insert into public.customer values (1, 'Ada'), (2, 'Grace');
insert into public.orders values (1, 2);
