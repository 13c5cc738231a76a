insert into public.address values ('Main', 1);
