insert into public.books values (1, 'One'), (2, 'Two');
