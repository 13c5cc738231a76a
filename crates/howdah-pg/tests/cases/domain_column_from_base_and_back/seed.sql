insert into public.posts values (1, 'hello-world', 'hello');
