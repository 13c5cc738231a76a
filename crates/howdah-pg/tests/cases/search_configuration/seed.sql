insert into public.docs (id, body) values (1, 'one two');
