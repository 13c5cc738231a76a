insert into public.tasks values (1, 'done'), (2, 'open');
