insert into public.blobs values (1, repeat('x', 5000));
