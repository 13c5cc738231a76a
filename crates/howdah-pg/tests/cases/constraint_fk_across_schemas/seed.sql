insert into auth.users values (1);
insert into public.posts values (1, 1);
