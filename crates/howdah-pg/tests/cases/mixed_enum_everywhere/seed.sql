insert into public.t values (1, 'new', '{new,open}'), (2, 'open', '{}');
