insert into public.tasks values (1, 'high'), (2, 'low'), (3, 'middle');
