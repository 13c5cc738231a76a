insert into public.address values ('Main', 1);
insert into public.person values (1, null);
