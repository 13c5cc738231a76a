insert into public.files (id, meta) values (1, 'a=>1'), (2, null);
