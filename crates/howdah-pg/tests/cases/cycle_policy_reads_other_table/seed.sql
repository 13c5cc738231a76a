insert into public.users values (1, 1);
insert into public.teams values (1, 1);
