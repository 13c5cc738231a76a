insert into public.t values (1, 'new'), (2, 'done');
