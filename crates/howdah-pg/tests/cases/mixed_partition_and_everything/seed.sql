insert into public.users values (1);
insert into public.events (at, user_id) values ('2023-05-05', 1);
