insert into public.person (email, age) values ('a@example.org', 3), ('b@example.org', null);
